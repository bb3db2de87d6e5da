/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_BLOCKS_H
#define OG_IMAGE_KERNELS_BLOCKS_H
/*
 * The transforms of 8x8 blocks, once for all variants: a row is a vector of eight, of which each compiler makes what
 * its processor has. Included by each variant after it has defined
 *
 *     take_samples(const uint8_t *samples, ptrdiff_t stride, eight rows[8])
 *     put_samples(const eight rows[8], uint8_t *samples, ptrdiff_t stride)   clamps to 0 ... 255
 *     turn(eight rows[8])                                                    swaps rows and columns
 *     at_least                                                               of the table
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

static void dct_inverse(const int16_t levels[OG_BLOCK], const uint8_t steps[OG_BLOCK], uint8_t *to, ptrdiff_t stride)
{
    int32_t v[OG_BLOCK];
    for (int i = 0; i < OG_BLOCK; i++)
        v[i] = levels[i] * steps[i];
    eight t[EIGHT], s[EIGHT] = {
                        {v[0], v[1], v[5], v[6], v[14], v[15], v[27], v[28]},
                        {v[2], v[4], v[7], v[13], v[16], v[26], v[29], v[42]},
                        {v[3], v[8], v[12], v[17], v[25], v[30], v[41], v[43]},
                        {v[9], v[11], v[18], v[24], v[31], v[40], v[44], v[53]},
                        {v[10], v[19], v[23], v[32], v[39], v[45], v[52], v[54]},
                        {v[20], v[22], v[33], v[38], v[46], v[51], v[55], v[60]},
                        {v[21], v[34], v[37], v[47], v[50], v[56], v[59], v[61]},
                        {v[35], v[36], v[48], v[49], v[57], v[58], v[62], v[63]},
                    };
    inverse_pass(s, 11, t);
    turn(t);
    inverse_pass(t, 18, s);
    turn(s);
    for (int y = 0; y < EIGHT; y++)
        s[y] += 128;
    put_samples(s, to, stride);
}

#endif
