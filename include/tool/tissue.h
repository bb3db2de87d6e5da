/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TISSUE_H
#define OG_TOOL_TISSUE_H
/*
 * og_tissue: a slide that nobody ever cut: glands, stroma, nuclei and glass in haematoxylin and eosin, for demos, tests
 * and benches. A pixel depends on its place and these parameters alone, so any rectangle of any size of slide can be
 * made at any time.
 *
 * Threads:   the value does not change after make; render is pure.
 * Ownership: a value; the pixels are the caller's.
 * Errors:    none: make is given a size that og_pyramid_make accepts, render a rectangle inside it.
 */
#include <stddef.h>
#include <stdint.h>

#define OG_TISSUE_MPP           0.25
#define OG_TISSUE_MAGNIFICATION 40.0

struct og_tissue {
    uint32_t width, height, seed;
    unsigned glass; /* percent of the area */

    /* derived by make */
    uint32_t mixed;             /* the seed, spread over all bits */
    int outline_shift;          /* 1 << shift pixels: the scale of the pieces of tissue */
    int32_t outline_threshold;  /* the outline field below it is glass */
    uint16_t passed[2][3][256]; /* light that passes an amount of haematoxylin or eosin, of 65535, per channel */
};

void og_tissue_make(uint32_t width, uint32_t height, uint32_t seed, unsigned glass, struct og_tissue *out);

/* RGB, three bytes per pixel, rows `stride` bytes apart. */
void og_tissue_render(const struct og_tissue *tissue, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                      uint8_t *rgb, ptrdiff_t stride);

#endif
