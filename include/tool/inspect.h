/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_INSPECT_H
#define OG_TOOL_INSPECT_H
/*
 * og_inspect: is all of a slide still what was written? Every index entry and every stored tile is read, its checksum
 * checked, decoded, and every family rebuilt (tool/unpack.h). What TIFF's own arrays say to other readers is not looked
 * at: nothing that origamid serves depends on it.
 *
 * Threads:   call it from one thread; what it finds does not depend on the number of workers.
 * Ownership: borrows the slide; the result is a value.
 * Errors:    damage is a result, not an error. OG_NO_MEMORY; OG_STOPPING when the watcher said so.
 */
#include <stdbool.h>

#include "slide/slide.h"

enum { OG_DAMAGE_LISTED = 1000 };

struct og_damage {
    unsigned depth;
    uint32_t x, y;
    bool whole_family; /* its index entry: with the L2 tile, all that is rebuilt from it */
    char reason[160];
};

struct og_inspected {
    uint64_t tiles, bytes;                     /* stored, and read without damage */
    uint64_t absent;                           /* residuals that are not stored because the prediction is the tile */
    uint64_t damaged;                          /* stored tiles and index entries */
    uint64_t lost;                             /* tiles of stored levels that origamid cannot serve for that */
    struct og_damage damage[OG_DAMAGE_LISTED]; /* the first of them, in the order of the file */
    double seconds;
};

struct og_inspect_options {
    unsigned threads; /* at most OG_PARALLEL_MAX; 0: one per core */

    /* Called after each family and a few times a second; false: stop. */
    bool (*watch)(void *context, uint64_t pixels_done, uint64_t pixels);
    void *context;
};

OG_CHECKED enum og_status og_inspect(const struct og_slide *slide, const struct og_inspect_options *options,
                                     struct og_inspected *out, struct og_error *err);

#endif
