/* SPDX-License-Identifier: MIT */
#include "predictor_rows.h"

static void cubic_blend(const struct taps *rows, int first, int last, void *restrict to)
{
    uint8_t *row = to;
    for (int x = first; x < last; x++)
        cubic_blend_sample(rows, x, row++);
}

static void cubic_stretch(const void *restrict row, int width, uint8_t *restrict to)
{
    const uint8_t *s = row;
    for (int x = 0; x < width; x++)
        cubic_stretch_sample(s + x, to + 2 * x);
}

static void cubic_stretch_add(const void *restrict row, int width, uint8_t *restrict to)
{
    const uint8_t *s = row;
    for (int x = 0; x < width; x++)
        cubic_stretch_add_sample(s + x, to + 2 * x);
}

static void bilinear_blend_down(const struct taps *rows, int first, int last, void *restrict to)
{
    uint16_t *row = to;
    for (int x = first; x < last; x++)
        bilinear_blend_sample(rows, x, ROUND_DOWN, row++);
}

static void bilinear_blend_nearest(const struct taps *rows, int first, int last, void *restrict to)
{
    uint16_t *row = to;
    for (int x = first; x < last; x++)
        bilinear_blend_sample(rows, x, ROUND_NEAREST, row++);
}

static void bilinear_stretch(const void *restrict row, int width, uint8_t *restrict to)
{
    const uint16_t *v = row;
    for (int x = 0; x < width; x++)
        bilinear_stretch_sample(v + x, to + 2 * x);
}

static void bilinear_stretch_add(const void *restrict row, int width, uint8_t *restrict to)
{
    const uint16_t *v = row;
    for (int x = 0; x < width; x++)
        bilinear_stretch_add_sample(v + x, to + 2 * x);
}

#include "predictor_tpl.h"

static void halve(const struct og_plane *from, const struct og_plane *to)
{
    for (int y = 0; y < to->height; y++)
        halve_columns(from, from->data + inside(2 * y, from->height) * from->stride,
                      from->data + inside(2 * y + 1, from->height) * from->stride, 0, to->width,
                      to->data + y * to->stride);
}

const struct og_kernels og_kernels_scalar = {.name = "scalar", .predict = PREDICT, .halve = halve};
