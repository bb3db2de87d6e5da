/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_PLAIN_H
#define OG_IMAGE_KERNELS_PLAIN_H
/*
 * What kernels_blocks.h asks of a variant, in plain C.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stdlib.h>
#include <string.h>

#include "kernels_eight.h"

static inline void take_samples(const uint8_t *samples, ptrdiff_t stride, eight rows[EIGHT])
{
    int32_t v[EIGHT][EIGHT];
    for (int y = 0; y < EIGHT; y++)
        for (int x = 0; x < EIGHT; x++)
            v[y][x] = samples[y * stride + x];
    memcpy(rows, v, sizeof v);
}

static inline void put_samples(const eight rows[EIGHT], uint8_t *samples, ptrdiff_t stride)
{
    int32_t v[EIGHT][EIGHT];
    memcpy(v, rows, sizeof v);
    for (int y = 0; y < EIGHT; y++)
        for (int x = 0; x < EIGHT; x++)
            samples[y * stride + x] = (uint8_t)(v[y][x] < 0 ? 0 : v[y][x] > 255 ? 255 : v[y][x]);
}

static inline void turn(eight rows[EIGHT])
{
    int32_t v[EIGHT][EIGHT], turned[EIGHT][EIGHT];
    memcpy(v, rows, sizeof v);
    for (int y = 0; y < EIGHT; y++)
        for (int x = 0; x < EIGHT; x++)
            turned[x][y] = v[y][x];
    memcpy(rows, turned, sizeof turned);
}

static inline void inverse_pass(const eight s[EIGHT], int shift, eight to[EIGHT])
{
    eight both = (s[2] + s[6]) * 4433, f0 = both + s[2] * 6270, f1 = both - s[6] * 15137;
    eight sum = (s[0] + s[4]) * (1 << 13) + (1 << (shift - 1)), difference = sum - s[4] * (1 << 14);
    eight e0 = sum + f0, e1 = difference + f1, e2 = difference - f1, e3 = sum - f0;
    eight z0 = (s[1] + s[3] + s[5] + s[7]) * 9633;
    eight z1 = (s[1] + s[7]) * -7373, z2 = (s[3] + s[5]) * -20995;
    eight z3 = (s[3] + s[7]) * -16069 + z0, z4 = (s[1] + s[5]) * -3196 + z0;
    eight d0 = s[1] * 12299 + z1 + z4, d1 = s[3] * 25172 + z2 + z3;
    eight d2 = s[5] * 16819 + z2 + z4, d3 = s[7] * 2446 + z1 + z3;
    to[0] = (e0 + d0) >> shift;
    to[1] = (e1 + d1) >> shift;
    to[2] = (e2 + d2) >> shift;
    to[3] = (e3 + d3) >> shift;
    to[4] = (e3 - d3) >> shift;
    to[5] = (e2 - d2) >> shift;
    to[6] = (e1 - d1) >> shift;
    to[7] = (e0 - d0) >> shift;
}

/* What the passes hand on fits 16 bits. */
static inline void saturate(eight rows[EIGHT])
{
    for (int y = 0; y < EIGHT; y++) {
        eight above = rows[y] > INT16_MAX, below = rows[y] < INT16_MIN;
        rows[y] = (rows[y] & ~above & ~below) | (above & INT16_MAX) | (below & INT16_MIN);
    }
}

static void dct_inverse(const int16_t coefficients[OG_BLOCK], uint8_t *to, ptrdiff_t stride)
{
    int32_t v[EIGHT][EIGHT];
    eight s[EIGHT], t[EIGHT];
    for (int i = 0; i < OG_BLOCK; i++)
        v[i / EIGHT][i % EIGHT] = coefficients[i];
    memcpy(s, v, sizeof s);
    inverse_pass(s, 11, t);
    saturate(t);
    turn(t);
    inverse_pass(t, 18, s);
    turn(s);
    for (int y = 0; y < EIGHT; y++)
        s[y] += 128;
    put_samples(s, to, stride);
}

static uint64_t at_least(const int16_t values[OG_BLOCK], const int16_t bounds[OG_BLOCK])
{
    uint64_t marks = 0;
    for (int i = 0; i < OG_BLOCK; i++)
        marks |= (uint64_t)(abs(values[i]) >= bounds[i]) << i;
    return marks;
}

#endif
