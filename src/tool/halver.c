/* SPDX-License-Identifier: MIT */
#include "tool/halver.h"

#include <stdlib.h>

#include "tool/zorder.h"

enum { T = OG_TILE_SIZE };

struct og_halver {
    const struct og_pyramid *pyramid;
    const struct og_kernels *kernels;
    og_halved *take;
    void *context;
    uint8_t (*samples)[3][T * T]; /* the pending tile of depth 3 + index */
};

enum og_status og_halver_new(const struct og_pyramid *pyramid, const struct og_kernels *kernels, og_halved *take,
                             void *context, struct og_halver **out, struct og_error *err)
{
    struct og_halver *h = *out = calloc(1, sizeof *h);
    if (!h)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    *h = (struct og_halver){pyramid, kernels, take, context,
                            calloc(og_pyramid_last_depth(pyramid) - 1, sizeof h->samples[0])};
    if (h->samples)
        return OG_OK;
    og_halver_destroy(out);
    return og_error_set(err, OG_NO_MEMORY, "out of memory");
}

enum og_status og_halver_add(struct og_halver *h, uint32_t fx, uint32_t fy, const struct og_plane base[3],
                             struct og_error *err)
{
    unsigned last = og_pyramid_last_depth(h->pyramid);
    struct og_plane child[3] = {base[0], base[1], base[2]};
    uint32_t x = fx, y = fy;
    for (unsigned depth = 3; depth <= last; depth++) {
        struct og_plane parent[3];
        for (unsigned i = 0; i < 3; i++) {
            parent[i] = (struct og_plane){h->samples[depth - 3][i], T, T, T};
            struct og_rect quarter = {(int)(x & 1) * T / 2, (int)(y & 1) * T / 2, (child[i].width + 1) / 2,
                                      (child[i].height + 1) / 2};
            struct og_plane to = og_plane_part(parent[i], quarter);
            h->kernels->halve(&child[i], &to);
        }
        struct og_cell end = og_zorder_last_child(og_pyramid_grid(h->pyramid, depth - 1), x / 2, y / 2);
        if (x != end.x || y != end.y)
            return OG_OK;
        x /= 2;
        y /= 2;
        enum og_status status = h->take(h->context, depth, x, y, parent, err);
        if (status != OG_OK)
            return status;
        struct og_extent size = og_pyramid_tile(h->pyramid, depth, x, y);
        struct og_rect valid = {0, 0, (int)size.width, (int)size.height};
        for (unsigned i = 0; i < 3; i++)
            child[i] = og_plane_part(parent[i], valid);
    }
    return OG_OK;
}

void og_halver_destroy(struct og_halver **halver)
{
    struct og_halver *h = *halver;
    *halver = NULL;
    if (!h)
        return;
    free(h->samples);
    free(h);
}
