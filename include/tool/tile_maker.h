/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TILE_MAKER_H
#define OG_TOOL_TILE_MAKER_H
/*
 * og_tile_maker: one tile's planes to its stream, as the plan says.
 *
 * Threads:   a maker belongs to one thread; the plan is shared and does not change meanwhile.
 * Ownership: new returns owned and borrows the plan; streams are borrowed until the next call.
 * Errors:    of the coder.
 */
#include "tool/plan.h"

struct og_tile_maker;

struct og_tile_maker *og_tile_maker_new(const struct og_plan *plan); /* NULL: no memory */
void og_tile_maker_destroy(struct og_tile_maker **maker);

/*
 * `planes`: whole tiles, as many as the depth's coding has components; `source`: the luma that they stand for, its part
 * inside the slide; `rim`: the sides where its family ends. The stream of a residual that is not worth its
 * bytes is empty; of others, symbols are added to `counts`, which may be NULL.
 */
OG_CHECKED enum og_status og_tile_maker_make(struct og_tile_maker *maker, unsigned depth, const struct og_plane *planes,
                                             const struct og_plane *source, unsigned rim, struct og_plan_counts *counts,
                                             struct og_span *out, struct og_error *err);

/* What a decoder makes of the last stream, which was not empty. */
void og_tile_maker_rebuild(const struct og_tile_maker *maker, unsigned depth, const struct og_plane *planes);

#endif
