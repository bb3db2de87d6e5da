/* SPDX-License-Identifier: MIT */
#include "tool/coarse.h"

#include <stdlib.h>

#include "tool/tile_maker.h"
#include "tool/zorder.h"

enum { T = OG_TILE_SIZE };

struct og_coarse {
    const struct og_plan *plan;
    struct og_writer *writer;
    struct og_tile_maker *tiles;
    uint8_t (*samples)[3][T * T]; /* the pending tile of depth 3 + index */
};

enum og_status og_coarse_new(const struct og_plan *plan, struct og_writer *writer, struct og_coarse **out,
                             struct og_error *err)
{
    struct og_coarse *c = *out = calloc(1, sizeof *c);
    if (!c)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    c->plan = plan;
    c->writer = writer;
    c->tiles = og_tile_maker_new(plan);
    c->samples = calloc(og_pyramid_last_depth(&plan->pyramid) - 1, sizeof c->samples[0]);
    if (c->tiles && c->samples)
        return OG_OK;
    og_coarse_destroy(out);
    return og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status write_tile(struct og_coarse *c, unsigned depth, uint32_t x, uint32_t y, struct og_plane planes[3],
                                 struct og_error *err)
{
    struct og_extent size = og_pyramid_tile(&c->plan->pyramid, depth, x, y);
    for (unsigned i = 0; i < 3; i++)
        og_plane_pad(&planes[i], (int)size.width, (int)size.height);
    struct og_span stream;
    enum og_status status = og_tile_maker_make(c->tiles, 2, planes, &planes[0], NULL, &stream, err);
    if (status != OG_OK)
        return status;
    for (unsigned i = 0; i < 3; i++) {
        planes[i].width = (int)size.width;
        planes[i].height = (int)size.height;
    }
    return og_writer_tile(c->writer, depth, x, y, stream, err);
}

enum og_status og_coarse_add(struct og_coarse *c, uint32_t fx, uint32_t fy, const struct og_plane base[3],
                             struct og_error *err)
{
    unsigned last = og_pyramid_last_depth(&c->plan->pyramid);
    struct og_plane child[3] = {base[0], base[1], base[2]};
    uint32_t x = fx, y = fy;
    for (unsigned depth = 3; depth <= last; depth++) {
        struct og_plane parent[3];
        for (unsigned i = 0; i < 3; i++) {
            parent[i] = (struct og_plane){c->samples[depth - 3][i], T, T, T};
            struct og_rect quarter = {(int)(x & 1) * T / 2, (int)(y & 1) * T / 2, (child[i].width + 1) / 2,
                                      (child[i].height + 1) / 2};
            struct og_plane to = og_plane_part(parent[i], quarter);
            c->plan->kernels->halve(&child[i], &to);
        }
        struct og_cell end = og_zorder_last_child(og_pyramid_grid(&c->plan->pyramid, depth - 1), x / 2, y / 2);
        if (x != end.x || y != end.y)
            return OG_OK;
        x /= 2;
        y /= 2;
        enum og_status status = write_tile(c, depth, x, y, parent, err);
        if (status != OG_OK)
            return status;
        for (unsigned i = 0; i < 3; i++)
            child[i] = parent[i];
    }
    return OG_OK;
}

void og_coarse_destroy(struct og_coarse **coarse)
{
    struct og_coarse *c = *coarse;
    *coarse = NULL;
    if (!c)
        return;
    og_tile_maker_destroy(&c->tiles);
    free(c->samples);
    free(c);
}
