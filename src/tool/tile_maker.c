/* SPDX-License-Identifier: MIT */
#include "tool/tile_maker.h"

#include <stdlib.h>

/* Bits of a tile's headers: SOI, SOF0, SOS, EOI. */
static int header_bits(int components)
{
    return 8 * (2 + (10 + 3 * components) + (8 + 2 * components) + 2);
}

struct og_tile_maker {
    const struct og_plan *plan;
    struct og_jpeg_coder *coder;
    int16_t levels[3 * OG_TILE_BLOCKS][OG_BLOCK];
};

struct og_tile_maker *og_tile_maker_new(const struct og_plan *plan)
{
    struct og_tile_maker *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->plan = plan;
    m->coder = og_jpeg_coder_new();
    if (!m->coder)
        og_tile_maker_destroy(&m);
    return m;
}

void og_tile_maker_destroy(struct og_tile_maker **maker)
{
    if (*maker)
        og_jpeg_coder_destroy(&(*maker)->coder);
    free(*maker);
    *maker = NULL;
}

enum og_status og_tile_maker_make(struct og_tile_maker *m, unsigned depth, const struct og_plane *planes,
                                  const struct og_plane *source, unsigned rim, struct og_plan_counts *counts,
                                  struct og_span *out, struct og_error *err)
{
    const struct og_jpeg_coding *coding = &m->plan->coding[depth];
    int64_t gain = 0;
    uint16_t patience[OG_TILE_BLOCKS];
    og_masking_find(source, patience);
    og_masking_spare(rim, patience);
    for (int c = 0; c < coding->components; c++)
        gain += og_quantise_tile(m->plan->kernels, &planes[c], &coding->quantiser[c > 0], &m->plan->bits[depth][c > 0],
                                 patience, m->levels + c * OG_TILE_BLOCKS);
    *out = (struct og_span){NULL, 0};
    if (depth < 2 && gain <= (int64_t)coding->quantiser[0].lambda * header_bits(coding->components))
        return OG_OK;
    for (int c = 0; counts && c < coding->components; c++)
        og_symbols_count(m->levels + c * OG_TILE_BLOCKS, OG_TILE_BLOCKS, &counts->of[depth][c > 0]);
    return og_jpeg_code(m->coder, coding, m->levels, out, err);
}

void og_tile_maker_rebuild(const struct og_tile_maker *m, unsigned depth, const struct og_plane *planes)
{
    enum { ACROSS = OG_TILE_SIZE / OG_BLOCK_SIDE };
    const struct og_jpeg_coding *coding = &m->plan->coding[depth];
    for (int c = 0; c < coding->components; c++)
        for (int b = 0; b < OG_TILE_BLOCKS; b++) {
            uint8_t *to = planes[c].data + b / ACROSS * OG_BLOCK_SIDE * planes[c].stride + b % ACROSS * OG_BLOCK_SIDE;
            int16_t coefficients[OG_BLOCK];
            og_dequantise(&coding->quantiser[c > 0], m->levels[c * OG_TILE_BLOCKS + b], coefficients);
            m->plan->kernels->dct_inverse(coefficients, to, planes[c].stride);
        }
}
