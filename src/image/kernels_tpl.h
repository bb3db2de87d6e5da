/* SPDX-License-Identifier: MIT */
/*
 * The sweeps, once for all variants: edges, and one output row after the other while it is in cache. A template,
 * included by each variant after it has defined its row functions, taps_… on bytes and bilinear_… on sums:
 *
 *     taps_blend(weights, const struct sources *rows, int first, int last, void *to)
 *         the column pass, columns first … last - 1
 *     …_stretch(weights, const void *row, int width, uint8_t *to)
 *         the row pass; row[-3] … row[width + 2] exist
 *     …_stretch_add(weights, const void *row, int width, uint8_t *to)   the same onto residuals
 *     add_columns(const struct columns *columns, int width, uint8_t *to)   a smoothed row
 *     what kernels_blocks.h asks for
 *     halve_row(const uint8_t *upper, const uint8_t *lower, int samples, uint8_t *to)
 *         halves the first 2n of the samples that all exist, as many as suit it, and returns n; plain C does the rest
 *
 * Threads: pure functions. Ownership: none. Errors: none.
 */
#ifndef OG_IMAGE_KERNELS_TPL_H
#define OG_IMAGE_KERNELS_TPL_H

#include <string.h>

#include "kernels_blocks.h"
#include "kernels_colour.h"
#include "kernels_rows.h"

enum { LINE = 64, AHEAD = 8 };

struct passes {
    size_t unit; /* bytes of a sample between the passes */
    void (*blend)(const struct og_weights *weights, const struct sources *rows, int first, int last, void *to);
    void (*stretch)(const struct og_weights *weights, const void *row, int width, uint8_t *to);
};

/* One output row's column pass over the columns area.x - REACH … area.x + area.width + REACH. */
static inline void blend_row(struct passes passes, const struct og_weights *weights, const struct og_plane *from,
                             struct og_rect area, int y, bool odd, uint8_t *row)
{
    int step = odd ? -1 : 1;
    struct sources rows;
    for (int i = 0; i < OG_TAPS; i++)
        rows.row[i] = from->data + og_plane_nearest(y + step * (i - OG_TAPS_OWN), from->height) * from->stride;
    int begin = area.x - REACH, end = area.x + area.width + REACH;
    int first = begin < 0 ? 0 : begin, last = end > from->width ? from->width : end;
    size_t unit = passes.unit;
    passes.blend(weights, &rows, first, last, row + (first - begin) * unit);
    for (int x = begin; x < first; x++)
        memcpy(row + (x - begin) * unit, row + (first - begin) * unit, unit);
    for (int x = last; x < end; x++)
        memcpy(row + (x - begin) * unit, row + (last - 1 - begin) * unit, unit);
}

/* Rows of a tile lie far apart in a family: too far for the processor to see what comes next. */
static inline void fetch_ahead(const struct og_plane *from, struct og_rect area, int y, const uint8_t *to,
                               ptrdiff_t to_stride)
{
    if (y + AHEAD >= 2 * area.height)
        return;
    for (int x = 0; x < 2 * area.width; x += LINE)
        __builtin_prefetch(to + (y + AHEAD) * to_stride + x, 1);
    const uint8_t *row =
        from->data + og_plane_nearest(area.y + (y + AHEAD) / 2 + REACH, from->height) * from->stride + area.x;
    for (int x = 0; x < area.width; x += LINE)
        __builtin_prefetch(row + x);
}

/* Inlined, so that each predictor becomes a sweep of its own without calls inside. */
static inline __attribute__((always_inline)) void sweep(struct passes passes, const struct og_taps *taps,
                                                        const struct og_plane *from, struct og_rect area, uint8_t *to,
                                                        ptrdiff_t to_stride)
{
    union row row;
    for (int y = 0; y < 2 * area.height; y++) {
        fetch_ahead(from, area, y, to, to_stride);
        blend_row(passes, &taps->down, from, area, area.y + y / 2, y % 2, row.samples);
        passes.stretch(&taps->along, row.samples + REACH * passes.unit, area.width, to + y * to_stride);
    }
}

static void taps_upsample(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                          ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint8_t), taps_blend, taps_stretch}, taps, from, area, to, to_stride);
}

static void taps_upsample_add(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                              ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint8_t), taps_blend, taps_stretch_add}, taps, from, area, to, to_stride);
}

static void down_upsample(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                          ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint16_t), bilinear_blend_down, bilinear_stretch}, taps, from, area, to, to_stride);
}

static void down_upsample_add(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                              ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint16_t), bilinear_blend_down, bilinear_stretch_add}, taps, from, area, to,
          to_stride);
}

static void nearest_upsample(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                             ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint16_t), bilinear_blend_nearest, bilinear_stretch}, taps, from, area, to, to_stride);
}

static void nearest_upsample_add(const struct og_taps *taps, const struct og_plane *from, struct og_rect area,
                                 uint8_t *to, ptrdiff_t to_stride)
{
    sweep((struct passes){sizeof(uint16_t), bilinear_blend_nearest, bilinear_stretch_add}, taps, from, area, to,
          to_stride);
}

/* The rows above are looked at as they were. */
static void smooth(const struct og_smoothing *smoothing, const struct og_plane *residual)
{
    uint8_t before[OG_SMOOTHING_REACH][WIDEST];
    struct columns columns;
    int16_t offset = smoothing_offset(smoothing);
    for (int y = 0; y < residual->height; y++) {
        uint8_t *own = residual->data + y * residual->stride;
        for (int x = 0; x < residual->width && y + AHEAD < residual->height; x += LINE)
            __builtin_prefetch(own + AHEAD * residual->stride + x, 1);
        const uint8_t *above[OG_SMOOTHING_REACH + 1] = {own}, *below[OG_SMOOTHING_REACH + 1] = {own};
        for (int v = 1; v <= OG_SMOOTHING_REACH; v++) {
            int up = og_plane_mirrored(y - v, residual->height), down = og_plane_mirrored(y + v, residual->height);
            above[v] = up < y ? before[up % OG_SMOOTHING_REACH] : residual->data + up * residual->stride;
            below[v] = down < y ? before[down % OG_SMOOTHING_REACH] : residual->data + down * residual->stride;
        }
        weigh_columns(smoothing, offset, above, below, residual->width, &columns);
        memcpy(before[y % OG_SMOOTHING_REACH], own, (size_t)residual->width);
        add_columns(&columns, residual->width, own);
    }
}

static void halve(const struct og_plane *from, const struct og_plane *to)
{
    int samples = from->width < 2 * to->width ? from->width : 2 * to->width;
    for (int y = 0; y < to->height; y++) {
        const uint8_t *upper = from->data + og_plane_nearest(2 * y, from->height) * from->stride;
        const uint8_t *lower = from->data + og_plane_nearest(2 * y + 1, from->height) * from->stride;
        uint8_t *row = to->data + y * to->stride;
        halve_columns(from, upper, lower, halve_row(upper, lower, samples, row), to->width, row);
    }
}

/* A variant's table. */
#define KERNELS(word)                                                                                                  \
    {                                                                                                                  \
        .name = word,                                                                                                  \
        .predict =                                                                                                     \
            {                                                                                                          \
                [OG_PREDICTOR_TAPS] = {taps_upsample, taps_upsample_add},                                              \
                [OG_PREDICTOR_BILINEAR] = {down_upsample, down_upsample_add},                                          \
                [OG_PREDICTOR_BILINEAR_ROUNDED] = {nearest_upsample, nearest_upsample_add},                            \
            },                                                                                                         \
        .smooth = smooth, .halve = halve, .rgb_to_ycc = rgb_to_ycc, .ycc_to_rgb = ycc_to_rgb,                          \
        .dct_forward = dct_forward, .dct_inverse = dct_inverse, .at_least = at_least,                                  \
    }

#endif
