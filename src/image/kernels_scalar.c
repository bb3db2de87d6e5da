/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

#include "base/tile.h"
#include "image/kernels.h"

/* A row of the column pass: the source samples under it and two beyond each end. */
enum { REACH = 2, WIDEST = 2 * OG_TILE_SIZE, ROW = WIDEST + 2 * REACH };

static uint8_t clamp(int16_t v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static int inside(int i, int size)
{
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

/* Four taps, the heavy one third: mirrored use gives the odd phase. Every sum fits 16 bits, so that compilers may too.
 */
static int16_t cubic(int16_t far_tap, int16_t near_tap, int16_t own, int16_t other)
{
    return (int16_t)((int16_t)(-2 * far_tap + 17 * near_tap + 56 * own - 7 * other + 32) >> 6);
}

/* One output row's column pass over the columns area.x - REACH … area.x + area.width + REACH. */
static void blend_rows(const struct og_plane *from, struct og_rect area, int y, bool odd, uint8_t *row)
{
    const uint8_t *own = from->data + y * from->stride;
    int step = odd ? 1 : -1;
    const uint8_t *near_row = from->data + inside(y + step, from->height) * from->stride;
    const uint8_t *far_row = from->data + inside(y + 2 * step, from->height) * from->stride;
    const uint8_t *other = from->data + inside(y - step, from->height) * from->stride;

    int first = area.x - REACH < 0 ? 0 : area.x - REACH;
    int last = area.x + area.width + REACH > from->width ? from->width : area.x + area.width + REACH;
    uint8_t *to = row + first - (area.x - REACH);
    for (int x = first; x < last; x++)
        *to++ = clamp(cubic(far_row[x], near_row[x], own[x], other[x]));

    for (int x = area.x - REACH; x < first; x++)
        row[x - (area.x - REACH)] = row[first - (area.x - REACH)];
    for (; last < area.x + area.width + REACH; last++, to++)
        *to = to[-1];
}

static void stretch_row(const uint8_t *restrict row, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width; x++) {
        const uint8_t *s = row + REACH + x;
        to[2 * x] = clamp(cubic(s[-2], s[-1], s[0], s[1]));
        to[2 * x + 1] = clamp(cubic(s[2], s[1], s[0], s[-1]));
    }
}

static void stretch_row_add(const uint8_t *restrict row, int width, uint8_t *restrict to)
{
    for (int x = 0; x < width; x++) {
        const uint8_t *s = row + REACH + x;
        to[2 * x] = clamp((int16_t)(clamp(cubic(s[-2], s[-1], s[0], s[1])) + to[2 * x] - 128));
        to[2 * x + 1] = clamp((int16_t)(clamp(cubic(s[2], s[1], s[0], s[-1])) + to[2 * x + 1] - 128));
    }
}

static void upsample(const struct og_plane *from, struct og_rect area, uint8_t *to, ptrdiff_t to_stride)
{
    uint8_t row[ROW];
    for (int y = 0; y < 2 * area.height; y++) {
        blend_rows(from, area, area.y + y / 2, y % 2, row);
        stretch_row(row, area.width, to + y * to_stride);
    }
}

static void upsample_add(const struct og_plane *from, struct og_rect area, uint8_t *to, ptrdiff_t to_stride)
{
    uint8_t row[ROW];
    for (int y = 0; y < 2 * area.height; y++) {
        blend_rows(from, area, area.y + y / 2, y % 2, row);
        stretch_row_add(row, area.width, to + y * to_stride);
    }
}

static void halve(const struct og_plane *from, const struct og_plane *to)
{
    for (int y = 0; y < to->height; y++) {
        const uint8_t *upper = from->data + inside(2 * y, from->height) * from->stride;
        const uint8_t *lower = from->data + inside(2 * y + 1, from->height) * from->stride;
        uint8_t *out = to->data + y * to->stride;
        int pairs = from->width / 2 < to->width ? from->width / 2 : to->width;
        for (int x = 0; x < pairs; x++)
            out[x] = (uint8_t)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
        for (int x = pairs; x < to->width; x++)
            out[x] = (uint8_t)((2 * upper[from->width - 1] + 2 * lower[from->width - 1] + 2) >> 2);
    }
}

const struct og_kernels og_kernels_scalar = {
    .name = "scalar",
    .upsample = upsample,
    .upsample_add = upsample_add,
    .halve = halve,
};
