/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_COLOUR_H
#define OG_IMAGE_COLOUR_H
/*
 * JFIF's colour transform (ITU-R BT.601, full range), 16-bit fixed point, rounded to nearest, exactly as libjpeg's.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stddef.h>
#include <stdint.h>

void og_rgb_to_ycc(const uint8_t *rgb, size_t pixels, uint8_t *y, uint8_t *cb, uint8_t *cr);
void og_ycc_to_rgb(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t pixels, uint8_t *rgb);

#endif
