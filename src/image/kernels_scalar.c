/* SPDX-License-Identifier: MIT */
#include "predictor_rows.h"

static void blend(const struct taps *rows, int first, int last, uint8_t *to)
{
    for (int x = first; x < last; x++)
        *to++ = cubic(rows->far[x], rows->near[x], rows->own[x], rows->other[x]);
}

static void stretch(const uint8_t *restrict row, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width; x++)
        stretch_sample(row + x, to + 2 * x);
}

static void stretch_add(const uint8_t *restrict row, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width; x++)
        stretch_add_sample(row + x, to + 2 * x);
}

#include "predictor_tpl.h"

static void halve(const struct og_plane *from, const struct og_plane *to)
{
    for (int y = 0; y < to->height; y++)
        halve_columns(from, from->data + inside(2 * y, from->height) * from->stride,
                      from->data + inside(2 * y + 1, from->height) * from->stride, 0, to->width,
                      to->data + y * to->stride);
}

const struct og_kernels og_kernels_scalar = {
    .name = "scalar",
    .upsample = upsample,
    .upsample_add = upsample_add,
    .halve = halve,
};
