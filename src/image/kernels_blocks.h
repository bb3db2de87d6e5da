/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_BLOCKS_H
#define OG_IMAGE_KERNELS_BLOCKS_H
/*
 * The forward transform of 8x8 blocks, once for all variants: a row is a vector of eight, of which each compiler makes
 * what its processor has. Included by each variant after it has defined
 *
 *     take_samples(const uint8_t *samples, ptrdiff_t stride, eight rows[8])
 *     turn(eight rows[8])                                                    swaps rows and columns
 *     dct_inverse, at_least                                                  of the table
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <string.h>

#include "kernels_eight.h"

/* A pass down the columns. Weights are symmetric: half the products give the same sums. */
static inline void forward_pass(const eight s[EIGHT], int half, int shift, eight to[EIGHT])
{
    eight a0 = s[0] + s[7], a1 = s[1] + s[6], a2 = s[2] + s[5], a3 = s[3] + s[4];
    eight d0 = s[0] - s[7], d1 = s[1] - s[6], d2 = s[2] - s[5], d3 = s[3] - s[4];
    eight e0 = a0 + a3, e1 = a1 + a2, f0 = a0 - a3, f1 = a1 - a2;
    to[0] = (5793 * (e0 + e1) + half) >> shift;
    to[1] = (8035 * d0 + 6811 * d1 + 4551 * d2 + 1598 * d3 + half) >> shift;
    to[2] = (7568 * f0 + 3135 * f1 + half) >> shift;
    to[3] = (6811 * d0 - 1598 * d1 - 8035 * d2 - 4551 * d3 + half) >> shift;
    to[4] = (5793 * (e0 - e1) + half) >> shift;
    to[5] = (4551 * d0 - 8035 * d1 + 1598 * d2 + 6811 * d3 + half) >> shift;
    to[6] = (3135 * f0 - 7568 * f1 + half) >> shift;
    to[7] = (1598 * d0 - 4551 * d1 + 6811 * d2 - 8035 * d3 + half) >> shift;
}

static void dct_forward(const uint8_t *samples, ptrdiff_t stride, int16_t out[OG_BLOCK])
{
    eight s[EIGHT], t[EIGHT];
    take_samples(samples, stride, s);
    for (int y = 0; y < EIGHT; y++)
        s[y] -= 128;
    forward_pass(s, 1 << 7, 8, t);
    turn(t);
    forward_pass(t, 1 << 15, 16, s);
    int32_t columns[OG_BLOCK];
    memcpy(columns, s, sizeof columns);
    for (int i = 0; i < OG_BLOCK; i++)
        out[i] = (int16_t)columns[og_zigzag_columns[i]];
}

#endif
