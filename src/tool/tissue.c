/* SPDX-License-Identifier: MIT */
#include "tool/tissue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tissue_parts.h"

enum { SAMPLES = 64, WHITE = 245, OUTLINE_SHIFT_MIN = 4 };

static int ascending(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static int32_t find_threshold(const struct og_tissue *t)
{
    int32_t values[SAMPLES * SAMPLES];
    if (t->glass == 0)
        return INT32_MIN;
    if (t->glass >= 100)
        return INT32_MAX;
    for (int j = 0; j < SAMPLES; j++)
        for (int i = 0; i < SAMPLES; i++) {
            int32_t x = (int32_t)(((int64_t)2 * i + 1) * t->width / (2 * SAMPLES));
            int32_t y = (int32_t)(((int64_t)2 * j + 1) * t->height / (2 * SAMPLES));
            values[j * SAMPLES + i] = og_ground_outline(t, x, y);
        }
    qsort(values, SAMPLES * SAMPLES, sizeof values[0], ascending);
    return values[(int)t->glass * SAMPLES * SAMPLES / 100];
}

void og_tissue_make(uint32_t width, uint32_t height, uint32_t seed, unsigned glass, struct og_tissue *out)
{
    /* Optical densities of full stains, red green blue (A. Ruifrok and D. Johnston, 2001, and a little taste). */
    static const double density[2][3] = {{0.84, 1.16, 0.58}, {0.10, 0.86, 0.40}};
    *out = (struct og_tissue){.width = width,
                              .height = height,
                              .seed = seed,
                              .glass = glass,
                              .mixed = seed * UINT32_C(2654435761),
                              .outline_shift = OUTLINE_SHIFT_MIN};
    uint32_t longest = width > height ? width : height;
    while (UINT32_C(3) << out->outline_shift < longest)
        out->outline_shift++;
    for (int stain = 0; stain < 2; stain++)
        for (int channel = 0; channel < 3; channel++)
            for (int amount = 0; amount < 256; amount++) {
                double redder = stain == 1 && channel == 2 ? 1 + 0.9 * amount * amount / 65025.0 : 1;
                double opacity = density[stain][channel] * redder * amount / 255;
                out->passed[stain][channel][amount] = (uint16_t)lround(65535 * pow(10, -opacity));
            }
    out->outline_threshold = find_threshold(out);
}

static int clip_byte(int v)
{
    return og_clip(v, 0, 255);
}

static void write_row(const struct og_tissue *t, const struct og_block *block, int row, int from, int to, uint8_t *rgb)
{
    for (int i = from; i < to; i++, rgb += 3) {
        uint32_t grain = og_hash(t->mixed + 7, block->x + i, block->y + row);
        int blue = 0, pink = 0;
        if (!block->empty) {
            blue = clip_byte(block->blue[row][i]);
            pink = clip_byte(block->pink[row][i]);
        }
        for (int c = 0; c < 3; c++) {
            uint32_t light = (uint32_t)t->passed[0][c][blue] * t->passed[1][c][pink] >> 16;
            int noise = (int)(grain >> 8 * c & 255) + (int)(grain >> 24) - 255; /* a triangle, ±255, half of it grey */
            rgb[c] = (uint8_t)clip_byte(((int)(light * WHITE >> 8) + noise + 128) >> 8);
        }
    }
}

static void render_block(const struct og_tissue *t, struct og_block *block)
{
    og_ground_fill(t, block);
    if (!block->empty)
        og_cells_fill(t, block);
}

void og_tissue_render(const struct og_tissue *t, uint32_t x, uint32_t y, uint32_t width, uint32_t height, uint8_t *rgb,
                      ptrdiff_t stride)
{
    struct og_block block;
    int32_t left = (int32_t)x, top = (int32_t)y, right = (int32_t)(x + width), bottom = (int32_t)(y + height);
    for (block.y = top & ~(OG_BLOCK - 1); block.y < bottom; block.y += OG_BLOCK)
        for (block.x = left & ~(OG_BLOCK - 1); block.x < right; block.x += OG_BLOCK) {
            render_block(t, &block);
            int from = left > block.x ? left - block.x : 0;
            int to = right < block.x + OG_BLOCK ? right - block.x : OG_BLOCK;
            for (int row = 0; row < OG_BLOCK; row++) {
                int32_t at = block.y + row;
                if (at >= top && at < bottom)
                    write_row(t, &block, row, from, to, rgb + (at - top) * stride + (block.x + from - left) * 3);
            }
        }
}
