/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_ROWS_H
#define OG_IMAGE_KERNELS_ROWS_H
/*
 * What every variant of the kernels shares: the row between the passes, the source rows of a column pass, the
 * bilinear column pass, which compilers turn into vectors as well as anybody, and one sample of each other step in
 * plain C, which is the whole of the scalar variant and the ragged ends of the others.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stdbool.h>

#include "base/tile.h"
#include "image/kernels.h"

/* A row of the column pass: the samples under it and three beyond each end, and room for a vector that starts inside.
 */
enum { REACH = OG_PREDICTOR_REACH, WIDEST = 2 * OG_TILE_SIZE, ROW = WIDEST + 2 * REACH + 64 };

union row {
    uint8_t samples[ROW]; /* of taps */
    uint16_t sums[ROW];   /* bilinear */
};

/* The source rows of an output row, in the order of the taps' weights. */
struct sources {
    const uint8_t *row[OG_TAPS];
};

enum { OWN = OG_TAPS_OWN, NEAR = OWN - 1 };

static inline uint8_t clamp(int16_t v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* Every sum fits 16 bits, so that compilers may too. */
static inline uint8_t weighed(const struct og_weights *weights, int16_t a, int16_t b, int16_t c, int16_t d, int16_t e,
                              int16_t f)
{
    const int8_t *w = weights->of;
    int16_t sum = (int16_t)(w[0] * a + w[1] * b + w[2] * c + w[3] * d + w[4] * e + w[5] * f + 32);
    return clamp((int16_t)(sum >> 6));
}

static inline uint8_t add(uint8_t prediction, uint8_t residual)
{
    return clamp((int16_t)(prediction + residual - 128));
}

static inline void taps_blend_sample(const struct og_weights *weights, const struct sources *rows, int x, uint8_t *to)
{
    const uint8_t *const *row = rows->row;
    *to = weighed(weights, row[0][x], row[1][x], row[2][x], row[3][x], row[4][x], row[5][x]);
}

static inline void taps_stretch_sample(const struct og_weights *weights, const uint8_t *s, uint8_t *to)
{
    to[0] = weighed(weights, s[-3], s[-2], s[-1], s[0], s[1], s[2]);
    to[1] = weighed(weights, s[3], s[2], s[1], s[0], s[-1], s[-2]);
}

static inline void taps_stretch_add_sample(const struct og_weights *weights, const uint8_t *s, uint8_t *to)
{
    to[0] = add(weighed(weights, s[-3], s[-2], s[-1], s[0], s[1], s[2]), to[0]);
    to[1] = add(weighed(weights, s[3], s[2], s[1], s[0], s[-1], s[-2]), to[1]);
}

static inline void bilinear_blend(const struct sources *rows, int first, int last, int rounding, uint16_t *restrict row)
{
    for (int x = first; x < last; x++)
        *row++ = (uint16_t)(3 * rows->row[OWN][x] + rows->row[NEAR][x] + rounding);
}

static inline void bilinear_blend_down(const struct og_weights *weights, const struct sources *rows, int first,
                                       int last, void *to)
{
    (void)weights;
    bilinear_blend(rows, first, last, 0, to);
}

/* The row pass weighs the 2 by 3 + 1: the k of the definition. */
static inline void bilinear_blend_nearest(const struct og_weights *weights, const struct sources *rows, int first,
                                          int last, void *to)
{
    (void)weights;
    bilinear_blend(rows, first, last, 2, to);
}

static inline void bilinear_stretch_sample(const uint16_t *v, uint8_t *to)
{
    to[0] = (uint8_t)((3 * v[0] + v[-1]) >> 4);
    to[1] = (uint8_t)((3 * v[0] + v[1]) >> 4);
}

static inline void bilinear_stretch_add_sample(const uint16_t *v, uint8_t *to)
{
    to[0] = add((uint8_t)((3 * v[0] + v[-1]) >> 4), to[0]);
    to[1] = add((uint8_t)((3 * v[0] + v[1]) >> 4), to[1]);
}

/* What each column of a residual adds to a row's sums: to its own, to those beside it, to those two away. Two of them
 * are mirrored beyond each end. Parts of a sum may leave 16 bits; the whole one does not. */
struct columns {
    int16_t sums[OG_SMOOTHING_REACH + 1][OG_SMOOTHING_REACH + WIDEST + OG_SMOOTHING_REACH];
};

/* 32 less all weights times 128. */
static inline int16_t smoothing_offset(const struct og_smoothing *smoothing)
{
    int all = 0;
    for (int v = 0; v <= OG_SMOOTHING_REACH; v++)
        for (int u = 0; u <= OG_SMOOTHING_REACH; u++)
            all += smoothing->of[v][u] * (v ? 2 : 1) * (u ? 2 : 1);
    return (int16_t)(32 - 128 * all);
}

static inline void mirror_columns(int16_t *sums, int width)
{
    for (int beyond = 1; beyond <= OG_SMOOTHING_REACH; beyond++) {
        sums[-beyond] = sums[beyond - 1];
        sums[width - 1 + beyond] = sums[width - beyond];
    }
}

/* Rows by their distance, the own one first; one loop, which compilers turn into vectors. */
static inline void weigh_columns(const struct og_smoothing *smoothing, int16_t offset, const uint8_t *const above[],
                                 const uint8_t *const below[], int width, struct columns *columns)
{
    const int8_t(*w)[OG_SMOOTHING_REACH + 1] = smoothing->of;
    const int16_t w00 = w[0][0], w01 = w[0][1], w02 = w[0][2], w10 = w[1][0], w11 = w[1][1], w12 = w[1][2],
                  w20 = w[2][0], w21 = w[2][1], w22 = w[2][2];
    const uint8_t *own = above[0], *a = above[1], *b = below[1], *c = above[2], *d = below[2];
    int16_t *restrict at = columns->sums[0] + OG_SMOOTHING_REACH,
                      *restrict beside = columns->sums[1] + OG_SMOOTHING_REACH,
                      *restrict further = columns->sums[2] + OG_SMOOTHING_REACH;
    for (int x = 0; x < width; x++) {
        int16_t near = (int16_t)(a[x] + b[x]), far = (int16_t)(c[x] + d[x]);
        at[x] = (int16_t)(w00 * own[x] + w10 * near + w20 * far + offset);
        beside[x] = (int16_t)(w01 * own[x] + w11 * near + w21 * far);
        further[x] = (int16_t)(w02 * own[x] + w12 * near + w22 * far);
    }
    mirror_columns(beside, width);
    mirror_columns(further, width);
}

static inline void add_columns_sample(const struct columns *columns, int x, uint8_t *to)
{
    const int16_t *own = columns->sums[0] + OG_SMOOTHING_REACH + x, *beside = columns->sums[1] + OG_SMOOTHING_REACH + x,
                  *further = columns->sums[2] + OG_SMOOTHING_REACH + x;
    int16_t sum = (int16_t)(own[0] + beside[-1] + beside[1] + further[-2] + further[2]);
    to[x] = clamp((int16_t)((sum >> 6) + 128));
}

/* Columns `first` … of one halved row; the last source column and row are repeated by the caller's pointers. */
static inline void halve_columns(const struct og_plane *from, const uint8_t *upper, const uint8_t *lower, int first,
                                 int width, uint8_t *to)
{
    int pairs = from->width / 2 < width ? from->width / 2 : width;
    for (int x = first; x < pairs; x++)
        to[x] = (uint8_t)((upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1] + 2) >> 2);
    for (int x = pairs; x < width; x++)
        to[x] = (uint8_t)((2 * upper[from->width - 1] + 2 * lower[from->width - 1] + 2) >> 2);
}

#endif
