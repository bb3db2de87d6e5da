/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_EXPORT_H
#define OG_TOOL_EXPORT_H
/*
 * og_export: a slide becomes what others read, a Deep Zoom folder or an ordinary pyramid TIFF.
 *
 *     NAME.dzi    NAME.dzi and NAME_files/: every tile of every level, byte for byte as the daemon serves it
 *     NAME.tif    a tiled BigTIFF, full size first, then reduced images down to one tile. Tiles of L2 and coarser are
 *                 the slide's own streams; those of L1 and L0 are the served JPEGs without their tables, which stand
 *                 once in the page, and whole at the edges. Of an Origami slide only.
 *
 * Whatever has the name, at the start or by the end, is left alone: the export is refused. Before it is whole nothing
 * has the name; of NAME.dzi and NAME_files/ the former comes last. What a killed export of that name left is taken away
 * (tool/draft.h).
 *
 * Threads:   call it from one thread; it starts `threads` workers and joins them. The bytes do not depend on how many.
 *            Memory: some families per thread, and 32 bytes for each tile of a TIFF.
 * Ownership: borrows everything.
 * Errors:    name the slide or the result and the place; OG_STOPPING when the watcher said so. A failed export leaves
 *            nothing behind.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slide/slide.h"

struct og_export_options {
    int quality;      /* of the JPEGs that are rebuilt, 1 … 100 */
    unsigned threads; /* 0: one per core */

    /* Called after each family and a few times a second; false: stop. May be NULL. */
    bool (*watch)(void *context, uint64_t pixels_done, uint64_t pixels);
    void *context;
};

struct og_exported {
    uint64_t tiles, bytes; /* of the tiles alone */
    unsigned levels;
    double seconds;
};

/* The end of `path` says what it becomes: .dzi, or .tif or .tiff. */
OG_CHECKED enum og_status og_export(const struct og_slide *slide, const char *path,
                                    const struct og_export_options *options, struct og_exported *out,
                                    struct og_error *err);

#endif
