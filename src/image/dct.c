/* SPDX-License-Identifier: MIT */
#include "image/dct.h"

enum { N = OG_BLOCK_SIDE };

static const int32_t basis[N][N] = {
    {5793, 5793, 5793, 5793, 5793, 5793, 5793, 5793},     {8035, 6811, 4551, 1598, -1598, -4551, -6811, -8035},
    {7568, 3135, -3135, -7568, -7568, -3135, 3135, 7568}, {6811, -1598, -8035, -4551, 4551, 8035, 1598, -6811},
    {5793, -5793, -5793, 5793, 5793, -5793, -5793, 5793}, {4551, -8035, 1598, 6811, -6811, -1598, 8035, -4551},
    {3135, -7568, 7568, -3135, -3135, 7568, -7568, 3135}, {1598, -4551, 6811, -8035, 8035, -6811, 4551, -1598},
};

const uint8_t og_zigzag[OG_BLOCK] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
};

void og_dct_forward(const uint8_t *samples, ptrdiff_t stride, int32_t out[OG_BLOCK])
{
    int32_t s[N][N], t[N][N];
    for (int y = 0; y < N; y++)
        for (int x = 0; x < N; x++)
            s[y][x] = samples[y * stride + x] - 128;
    for (int v = 0; v < N; v++) {
        int32_t sum[N] = {0};
        for (int y = 0; y < N; y++)
            for (int x = 0; x < N; x++)
                sum[x] += basis[v][y] * s[y][x];
        for (int x = 0; x < N; x++)
            t[x][v] = (sum[x] + 128) >> 8;
    }
    for (int u = 0; u < N; u++) {
        int32_t sum[N] = {0};
        for (int x = 0; x < N; x++)
            for (int v = 0; v < N; v++)
                sum[v] += basis[u][x] * t[x][v];
        for (int v = 0; v < N; v++)
            out[N * v + u] = (sum[v] + (1 << 15)) >> 16;
    }
}
