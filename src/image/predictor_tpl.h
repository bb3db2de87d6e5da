/* SPDX-License-Identifier: MIT */
/*
 * The predictor's sweep, once for all variants: edges, and one output row after the other while it is in cache. A
 * template, included by each variant after it has defined its three row functions:
 *
 *     blend(const struct taps *rows, int first, int last, uint8_t *to)   the column pass over columns first … last - 1
 *     stretch(const uint8_t *row, int width, uint8_t *to)                the row pass; row[-2] … row[width + 1] exist
 *     stretch_add(const uint8_t *row, int width, uint8_t *to)            the same onto residuals
 *
 * Threads: pure functions. Ownership: none. Errors: none.
 */
#ifndef OG_IMAGE_PREDICTOR_TPL_H
#define OG_IMAGE_PREDICTOR_TPL_H

#include "predictor_rows.h"

/* One output row's column pass over the columns area.x - REACH … area.x + area.width + REACH. */
static void blend_row(const struct og_plane *from, struct og_rect area, int y, bool odd, uint8_t *row)
{
    int step = odd ? 1 : -1;
    const struct taps rows = {
        .far = from->data + inside(y + 2 * step, from->height) * from->stride,
        .near = from->data + inside(y + step, from->height) * from->stride,
        .own = from->data + y * from->stride,
        .other = from->data + inside(y - step, from->height) * from->stride,
    };
    int begin = area.x - REACH, end = area.x + area.width + REACH;
    int first = begin < 0 ? 0 : begin, last = end > from->width ? from->width : end;
    blend(&rows, first, last, row + first - begin);
    for (int x = begin; x < first; x++)
        row[x - begin] = row[first - begin];
    for (int x = last; x < end; x++)
        row[x - begin] = row[last - 1 - begin];
}

static void upsample(const struct og_plane *from, struct og_rect area, uint8_t *to, ptrdiff_t to_stride)
{
    uint8_t row[ROW];
    for (int y = 0; y < 2 * area.height; y++) {
        blend_row(from, area, area.y + y / 2, y % 2, row);
        stretch(row + REACH, area.width, to + y * to_stride);
    }
}

static void upsample_add(const struct og_plane *from, struct og_rect area, uint8_t *to, ptrdiff_t to_stride)
{
    uint8_t row[ROW];
    for (int y = 0; y < 2 * area.height; y++) {
        blend_row(from, area, area.y + y / 2, y % 2, row);
        stretch_add(row + REACH, area.width, to + y * to_stride);
    }
}

#endif
