/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_DCT_H
#define OG_IMAGE_DCT_H
/*
 * The arithmetic of the transforms of an 8x8 block; image/kernels.h does it. All of it is on integers, `>>` arithmetic.
 *
 * Forward, finer than a quantiser's steps. With M[u][x] = round(2^14 · k(u) · cos((2x + 1) u π / 16)),
 * k(0) = sqrt(1/8), k(u) = 1/2, and s[y][x] the samples less 128:
 *
 *     column pass   t[v][x] = (sum over y of M[v][y] · s[y][x] + 2^7)  >> 8
 *     row pass      F[v][u] = (sum over x of M[u][x] · t[v][x] + 2^15) >> 16
 *
 * F is the orthonormal transform times OG_DCT_ONE: squared errors of coefficients are squared errors of samples times
 * OG_DCT_ONE². Every F fits 16 bits.
 *
 * Inverse: libjpeg's accurate one (JDCT_ISLOW: C. Loeffler, A. Ligtenberg, G. Moschytz, "Practical fast 1-D DCT
 * algorithms with 11 multiplications", ICASSP 1989), weights in 1/2^13, rounded to 1/4 and saturated to 16 bits between
 * the passes: a decoder with that transform gets the same samples from the same levels. No sum leaves 32 bits, whatever
 * the coefficients.
 *
 * Threads: constants. Ownership: – . Errors: none.
 */
#include <stdint.h>

enum { OG_BLOCK_SIDE = 8, OG_BLOCK = 64, OG_DCT_ONE = 16 };

/* The place of the i-th coefficient of JPEG's zigzag scan, 8 v + u: v counts frequencies down the columns; and 8 u + v.
 */
extern const uint8_t og_zigzag[OG_BLOCK], og_zigzag_columns[OG_BLOCK];

#endif
