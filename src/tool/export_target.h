/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_EXPORT_TARGET_H
#define OG_TOOL_EXPORT_TARGET_H
/*
 * What an export is written to: implemented once for each kind of result.
 *
 * Threads:   one at a time. More writers make files no faster: a file system takes new names of a folder one by one.
 * Ownership: to_deepzoom and to_tiff return a target that destroy ends, also after finish; they borrow slide and path.
 * Errors:    name the result and the system's reason. Destroyed before finish has succeeded it leaves nothing behind.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slide/slide.h"

struct og_export_tile {
    unsigned depth;
    uint32_t x, y;
    struct og_buf *bytes;
};

struct og_export_kind {
    bool paged; /* takes tiles as pages of a TIFF hold them, not as they are served */
    enum og_status (*put)(void *state, const struct og_export_tile *tile, struct og_error *err);
    enum og_status (*finish)(void *state, struct og_error *err);
    void (*destroy)(void *state);
};

struct og_export_target {
    const struct og_export_kind *kind;
    void *state;
    unsigned last_depth; /* of the levels that it takes; the first is 0 */
};

OG_CHECKED enum og_status og_export_to_deepzoom(const struct og_slide *slide, const char *path,
                                                struct og_export_target *out, struct og_error *err);
OG_CHECKED enum og_status og_export_to_tiff(const struct og_slide *slide, const char *path, int quality,
                                            struct og_export_target *out, struct og_error *err);

#endif
