/* SPDX-License-Identifier: MIT */
#include "kernels_plain.h"
#include "kernels_rows.h"

static void taps_blend(const struct og_weights *weights, const struct sources *rows, int first, int last,
                       void *restrict to)
{
    uint8_t *row = to;
    for (int x = first; x < last; x++)
        taps_blend_sample(weights, rows, x, row++);
}

static void taps_stretch(const struct og_weights *weights, const void *restrict row, int width, uint8_t *restrict to)
{
    const uint8_t *s = row;
    for (int x = 0; x < width; x++)
        taps_stretch_sample(weights, s + x, to + 2 * x);
}

static void taps_stretch_add(const struct og_weights *weights, const void *restrict row, int width,
                             uint8_t *restrict to)
{
    const uint8_t *s = row;
    for (int x = 0; x < width; x++)
        taps_stretch_add_sample(weights, s + x, to + 2 * x);
}

static void bilinear_stretch(const struct og_weights *weights, const void *restrict row, int width,
                             uint8_t *restrict to)
{
    (void)weights;
    const uint16_t *v = row;
    for (int x = 0; x < width; x++)
        bilinear_stretch_sample(v + x, to + 2 * x);
}

static void bilinear_stretch_add(const struct og_weights *weights, const void *restrict row, int width,
                                 uint8_t *restrict to)
{
    (void)weights;
    const uint16_t *v = row;
    for (int x = 0; x < width; x++)
        bilinear_stretch_add_sample(v + x, to + 2 * x);
}

static void add_columns(const struct columns *columns, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width; x++)
        add_columns_sample(columns, x, to);
}

static int halve_row(const uint8_t *upper, const uint8_t *lower, int samples, uint8_t *to)
{
    (void)upper, (void)lower, (void)samples, (void)to;
    return 0;
}

#include "kernels_tpl.h"

const struct og_kernels og_kernels_scalar = KERNELS("scalar");
