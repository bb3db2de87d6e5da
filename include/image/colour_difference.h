/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_COLOUR_DIFFERENCE_H
#define OG_IMAGE_COLOUR_DIFFERENCE_H
/*
 * How far two colours are apart for the eye: CIEDE2000, exactly as in G. Sharma, W. Wu, E. N. Dalal, "The CIEDE2000
 * color-difference formula: implementation notes, supplementary test data, and mathematical observations", Color
 * Research and Application 30, 2005, with all weights 1. About 1 is what a trained eye just sees side by side.
 *
 * sRGB becomes CIE L*a*b* as IEC 61966-2-1 has it: its curve, its primaries, white D65. The cube root is read from a
 * table, straight between its entries: off by less than 0.002 in L*, a* and b*.
 *
 * Threads:   pure functions; a scale does not change after make. Ownership: values. Errors: none.
 */
#include <stdint.h>

struct og_lab {
    double l, a, b;
};

enum { OG_LAB_CELLS = 8192 };

/* What every conversion to L*a*b* looks up. */
struct og_lab_scale {
    double linear[256];            /* light of an sRGB value */
    double root[OG_LAB_CELLS + 2]; /* of i / OG_LAB_CELLS, as L*a*b* bends it near black */
};

void og_lab_scale_make(struct og_lab_scale *out);

struct og_lab og_lab_of_srgb(const struct og_lab_scale *scale, const uint8_t rgb[3]);

double og_delta_e2000(struct og_lab one, struct og_lab other);

#endif
