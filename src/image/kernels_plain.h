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

static uint64_t at_least(const int16_t values[OG_BLOCK], const int16_t bounds[OG_BLOCK])
{
    uint64_t marks = 0;
    for (int i = 0; i < OG_BLOCK; i++)
        marks |= (uint64_t)(abs(values[i]) >= bounds[i]) << i;
    return marks;
}

#endif
