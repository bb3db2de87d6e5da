/* SPDX-License-Identifier: MIT */
#include "tool/reference.h"

#include <stdlib.h>

enum { T = OG_TILE_SIZE, SIDE = 4 * T };

struct og_reference {
    const struct og_source *source;
    const struct og_pyramid *pyramid;
    const struct og_kernels *kernels;
    void *reader;
    uint32_t fx, fy;
    struct og_plane planes[3][3];
    uint8_t rgb[SIDE * SIDE * 3];
    uint8_t samples[3][SIDE * SIDE + SIDE * SIDE / 4 + SIDE * SIDE / 16];
};

enum og_status og_reference_new(const struct og_source *source, const struct og_pyramid *pyramid,
                                const struct og_kernels *kernels, struct og_reference **out, struct og_error *err)
{
    struct og_reference *r = *out = calloc(1, sizeof *r);
    if (!r)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    r->source = source;
    r->pyramid = pyramid;
    r->kernels = kernels;
    enum og_status status = og_source_reader_new(source, &r->reader, err);
    if (status != OG_OK)
        og_reference_destroy(out);
    return status;
}

void og_reference_destroy(struct og_reference **reference)
{
    struct og_reference *r = *reference;
    *reference = NULL;
    if (!r)
        return;
    if (r->reader)
        og_source_reader_destroy(r->source, r->reader);
    free(r);
}

static void place_planes(struct og_reference *r, int width, int height)
{
    for (unsigned i = 0; i < 3; i++) {
        uint8_t *data = r->samples[i];
        int w = width, h = height;
        for (int depth = 0, side = SIDE; depth < 3; depth++, side /= 2) {
            r->planes[depth][i] = (struct og_plane){.data = data, .stride = side, .width = w, .height = h};
            data += side * side;
            w = (w + 1) / 2;
            h = (h + 1) / 2;
        }
    }
}

enum og_status og_reference_read(struct og_reference *r, uint32_t fx, uint32_t fy, struct og_error *err)
{
    const struct og_pyramid *p = r->pyramid;
    uint32_t x = fx * SIDE, y = fy * SIDE;
    int width = p->width - x < SIDE ? (int)(p->width - x) : SIDE;
    int height = p->height - y < SIDE ? (int)(p->height - y) : SIDE;
    struct og_rect area = {(int)x, (int)y, width, height};
    enum og_status status = r->source->kind->read(r->reader, area, r->rgb, SIDE * 3, err);
    if (status != OG_OK)
        return status;

    r->fx = fx;
    r->fy = fy;
    place_planes(r, width, height);
    struct og_plane *full = r->planes[0];
    for (int row = 0; row < height; row++)
        r->kernels->rgb_to_ycc(r->rgb + row * SIDE * 3, (size_t)width, full[0].data + row * SIDE,
                               full[1].data + row * SIDE, full[2].data + row * SIDE);
    for (unsigned depth = 1; depth < 3; depth++)
        for (unsigned i = 0; i < 3; i++)
            r->kernels->halve(&r->planes[depth - 1][i], &r->planes[depth][i]);
    return OG_OK;
}

enum og_status og_reference_read_luma(struct og_reference *r, uint32_t x, uint32_t y, struct og_plane *luma,
                                      struct og_error *err)
{
    struct og_extent size = og_pyramid_tile(r->pyramid, 0, x, y);
    struct og_rect area = {(int)x * T, (int)y * T, (int)size.width, (int)size.height};
    enum og_status status = r->source->kind->read(r->reader, area, r->rgb, T * 3, err);
    if (status != OG_OK)
        return status;
    for (int row = 0; row < area.height; row++)
        r->kernels->rgb_to_ycc(r->rgb + row * T * 3, size.width, r->samples[0] + row * T, r->samples[1] + row * T,
                               r->samples[2] + row * T);
    *luma = (struct og_plane){r->samples[0], T, area.width, area.height};
    return OG_OK;
}

struct og_tally_source og_reference_tile(const struct og_reference *r, unsigned slot)
{
    struct og_place place = og_slot_place(slot);
    struct og_pyramid_place at = og_pyramid_of_slot(r->fx, r->fy, slot);
    struct og_extent size = og_pyramid_tile(r->pyramid, at.depth, at.x, at.y);
    struct og_rect part = {(int)place.dx * T, (int)place.dy * T, (int)size.width, (int)size.height};
    struct og_tally_source tile = {.rgb_stride = SIDE * 3};
    for (unsigned i = 0; i < 3; i++)
        tile.planes[i] = og_plane_part(r->planes[place.depth][i], part);
    tile.rgb = place.depth == 0 ? r->rgb + (part.y * SIDE + part.x) * 3 : NULL;
    return tile;
}
