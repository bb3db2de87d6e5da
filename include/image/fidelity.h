/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_FIDELITY_H
#define OG_IMAGE_FIDELITY_H
/*
 * How far two planes of equal size are apart: squared error, and SSIM on 8x8 windows every four samples (Z. Wang et
 * al., "Image quality assessment: from error visibility to structural similarity", IEEE TIP 13, 2004; box window).
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stdint.h>

#include "image/plane.h"

uint64_t og_squared_error(const struct og_plane *a, const struct og_plane *b);

/* Adds up SSIM over all whole windows of planes as wide as a tile at most; smaller than a window they have none.
 * Returns the number of windows. */
uint64_t og_ssim_sum(const struct og_plane *a, const struct og_plane *b, double *sum);

/* 10 log10(255² · samples / error); 99 when there is no error at all, because JSON has no infinity. */
double og_psnr(uint64_t squared_error, uint64_t samples);

#endif
