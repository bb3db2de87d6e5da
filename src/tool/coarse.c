/* SPDX-License-Identifier: MIT */
#include "tool/coarse.h"

#include <stdlib.h>

#include "tool/halver.h"
#include "tool/tile_maker.h"

struct og_coarse {
    const struct og_plan *plan;
    struct og_writer *writer;
    struct og_tile_maker *tiles;
    struct og_halver *halver;
};

static enum og_status write_tile(void *context, unsigned depth, uint32_t x, uint32_t y, struct og_plane planes[3],
                                 struct og_error *err)
{
    struct og_coarse *c = context;
    struct og_extent size = og_pyramid_tile(&c->plan->pyramid, depth, x, y);
    for (unsigned i = 0; i < 3; i++)
        og_plane_pad_blocks(&planes[i], (int)size.width, (int)size.height, OG_BLOCK_SIDE, OG_PAD_CONTINUED);
    struct og_span stream;
    enum og_status status = og_tile_maker_make(c->tiles, OG_PLAN_COARSER, planes, &planes[0], 0, NULL, &stream, err);
    return status == OG_OK ? og_writer_tile(c->writer, depth, x, y, stream, err) : status;
}

enum og_status og_coarse_new(const struct og_plan *plan, struct og_writer *writer, struct og_coarse **out,
                             struct og_error *err)
{
    struct og_coarse *c = *out = calloc(1, sizeof *c);
    if (!c)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    c->plan = plan;
    c->writer = writer;
    c->tiles = og_tile_maker_new(plan);
    enum og_status status = c->tiles ? og_halver_new(&plan->pyramid, plan->kernels, write_tile, c, &c->halver, err)
                                     : og_error_set(err, OG_NO_MEMORY, "out of memory");
    if (status != OG_OK)
        og_coarse_destroy(out);
    return status;
}

enum og_status og_coarse_add(struct og_coarse *c, uint32_t fx, uint32_t fy, const struct og_plane base[3],
                             struct og_error *err)
{
    return og_halver_add(c->halver, fx, fy, base, err);
}

void og_coarse_destroy(struct og_coarse **coarse)
{
    struct og_coarse *c = *coarse;
    *coarse = NULL;
    if (!c)
        return;
    og_tile_maker_destroy(&c->tiles);
    og_halver_destroy(&c->halver);
    free(c);
}
