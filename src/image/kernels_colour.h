/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_COLOUR_H
#define OG_IMAGE_KERNELS_COLOUR_H
/*
 * The colour transforms in plain C, which each variant's compiler flags turn into vectors.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <stddef.h>
#include <stdint.h>

enum { COLOUR_HALF = 1 << 15, COLOUR_ONE = 16 };

static inline uint8_t colour_clamp(int v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

static void rgb_to_ycc(const uint8_t *restrict rgb, size_t pixels, uint8_t *restrict y, uint8_t *restrict cb,
                       uint8_t *restrict cr)
{
    const int half = COLOUR_HALF, chroma = (128 << COLOUR_ONE) + COLOUR_HALF - 1;
    for (size_t i = 0; i < pixels; i++) {
        int r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
        y[i] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + half) >> COLOUR_ONE);
        cb[i] = (uint8_t)((-11059 * r - 21709 * g + 32768 * b + chroma) >> COLOUR_ONE);
        cr[i] = (uint8_t)((32768 * r - 27439 * g - 5329 * b + chroma) >> COLOUR_ONE);
    }
}

static void ycc_to_rgb(const uint8_t *restrict y, const uint8_t *restrict cb, const uint8_t *restrict cr, size_t pixels,
                       uint8_t *restrict rgb)
{
    for (size_t i = 0; i < pixels; i++) {
        int b = cb[i] - 128, r = cr[i] - 128;
        rgb[3 * i] = colour_clamp(y[i] + ((91881 * r + COLOUR_HALF) >> COLOUR_ONE));
        rgb[3 * i + 1] = colour_clamp(y[i] + ((-22554 * b - 46802 * r + COLOUR_HALF) >> COLOUR_ONE));
        rgb[3 * i + 2] = colour_clamp(y[i] + ((116130 * b + COLOUR_HALF) >> COLOUR_ONE));
    }
}

#endif
