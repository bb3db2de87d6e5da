/* SPDX-License-Identifier: MIT */
#include "image/colour.h"

enum { HALF = 1 << 15, ONE = 16 };

static uint8_t clamp(int v)
{
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

void og_rgb_to_ycc(const uint8_t *restrict rgb, size_t pixels, uint8_t *restrict y, uint8_t *restrict cb,
                   uint8_t *restrict cr)
{
    for (size_t i = 0; i < pixels; i++) {
        int r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
        y[i] = (uint8_t)((19595 * r + 38470 * g + 7471 * b + HALF) >> ONE);
        cb[i] = (uint8_t)((-11059 * r - 21709 * g + 32768 * b + (128 << ONE) + HALF - 1) >> ONE);
        cr[i] = (uint8_t)((32768 * r - 27439 * g - 5329 * b + (128 << ONE) + HALF - 1) >> ONE);
    }
}

void og_ycc_to_rgb(const uint8_t *restrict y, const uint8_t *restrict cb, const uint8_t *restrict cr, size_t pixels,
                   uint8_t *restrict rgb)
{
    for (size_t i = 0; i < pixels; i++) {
        int b = cb[i] - 128, r = cr[i] - 128;
        rgb[3 * i] = clamp(y[i] + ((91881 * r + HALF) >> ONE));
        rgb[3 * i + 1] = clamp(y[i] + ((-22554 * b - 46802 * r + HALF) >> ONE));
        rgb[3 * i + 2] = clamp(y[i] + ((116130 * b + HALF) >> ONE));
    }
}
