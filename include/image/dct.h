/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_DCT_H
#define OG_IMAGE_DCT_H
/*
 * The forward DCT of an 8x8 block in exact integer arithmetic, finer than a quantiser's steps.
 *
 * With M[u][x] = round(2^14 · k(u) · cos((2x + 1) u π / 16)), k(0) = sqrt(1/8), k(u) = 1/2, and s[y][x] the samples
 * less 128, `>>` arithmetic:
 *
 *     column pass   t[v][x] = (sum over y of M[v][y] · s[y][x] + 2^7)  >> 8
 *     row pass      F[v][u] = (sum over x of M[u][x] · t[v][x] + 2^15) >> 16
 *
 * F is the orthonormal transform times OG_DCT_ONE: squared errors of coefficients are squared errors of samples times
 * OG_DCT_ONE².
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stddef.h>
#include <stdint.h>

enum { OG_BLOCK_SIDE = 8, OG_BLOCK = 64, OG_DCT_ONE = 16 };

/* `out` in raster order: out[8 v + u], v counts frequencies down the columns. */
void og_dct_forward(const uint8_t *samples, ptrdiff_t stride, int32_t out[OG_BLOCK]);

/* The place in raster order of the i-th coefficient of JPEG's zigzag scan. */
extern const uint8_t og_zigzag[OG_BLOCK];

#endif
