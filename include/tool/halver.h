/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_HALVER_H
#define OG_TOOL_HALVER_H
/*
 * og_halver: the levels above L2, each halved from the one below it while the L2 tiles pass in Z order. One pending
 * tile per level is all it keeps.
 *
 * Threads:   one at a time.
 * Ownership: new returns owned and borrows the pyramid; planes are borrowed for the call.
 * Errors:    of whoever takes the tiles; OG_NO_MEMORY.
 */
#include "base/status.h"
#include "image/kernels.h"
#include "image/plane.h"
#include "slide/pyramid.h"

struct og_halver;

/* Takes a finished tile: planes of a whole tile, of which the part inside the slide is filled; the rest may be. */
typedef enum og_status og_halved(void *context, unsigned depth, uint32_t x, uint32_t y, struct og_plane planes[3],
                                 struct og_error *err);

OG_CHECKED enum og_status og_halver_new(const struct og_pyramid *pyramid, const struct og_kernels *kernels,
                                        og_halved *take, void *context, struct og_halver **out, struct og_error *err);

/* The next L2 tile, its part inside the slide; in the order of og_zorder_cell. */
OG_CHECKED enum og_status og_halver_add(struct og_halver *halver, uint32_t fx, uint32_t fy,
                                        const struct og_plane base[3], struct og_error *err);
void og_halver_destroy(struct og_halver **halver);

#endif
