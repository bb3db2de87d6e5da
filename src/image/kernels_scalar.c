/* SPDX-License-Identifier: MIT */
#include "kernels_plain.h"
#include "kernels_rows.h"

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

static int halve_row(const uint8_t *upper, const uint8_t *lower, int samples, uint8_t *to)
{
    (void)upper, (void)lower, (void)samples, (void)to;
    return 0;
}

#include "kernels_tpl.h"

const struct og_kernels og_kernels_scalar = KERNELS("scalar");
