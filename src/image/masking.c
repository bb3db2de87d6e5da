/* SPDX-License-Identifier: MIT */
#include "image/masking.h"

#include <string.h>

enum {
    ACROSS = OG_TILE_SIZE / OG_BLOCK_SIDE,
    SSIM_CONSTANT = 58,
    MIDDLE = 2 * 200 + SSIM_CONSTANT,
    LARGEST = 16,
    RIM = 70
};

static uint16_t square_root(uint32_t v)
{
    uint32_t root = 0;
    for (uint32_t bit = 1 << 10; bit; bit >>= 1)
        if ((root | bit) * (root | bit) <= v)
            root |= bit;
    return (uint16_t)root;
}

static uint16_t patience_of(const struct og_plane *source, int left, int top)
{
    int width = source->width - left < OG_BLOCK_SIDE ? source->width - left : OG_BLOCK_SIDE;
    int height = source->height - top < OG_BLOCK_SIDE ? source->height - top : OG_BLOCK_SIDE;
    if (width <= 0 || height <= 0)
        return 0;
    uint8_t samples[OG_BLOCK] = {0}; /* zeros add nothing */
    const uint8_t *row = source->data + top * source->stride + left;
    for (int y = 0; y < height; y++, row += source->stride)
        memcpy(samples + y * OG_BLOCK_SIDE, row, (size_t)width);
    uint32_t n = (uint32_t)(width * height), sum = 0, squares = 0;
    for (int i = 0; i < OG_BLOCK; i++) {
        sum += samples[i];
        squares += (uint32_t)samples[i] * samples[i];
    }
    uint32_t variance = (n * squares - sum * sum) / (n * n);
    uint32_t ratio = ((2 * variance + SSIM_CONSTANT) << 16) / MIDDLE;
    return square_root(ratio < LARGEST << 16 ? ratio : LARGEST << 16);
}

void og_masking_find(const struct og_plane *source, uint16_t patience[OG_TILE_BLOCKS])
{
    for (int b = 0; b < OG_TILE_BLOCKS; b++)
        patience[b] = patience_of(source, b % ACROSS * OG_BLOCK_SIDE, b / ACROSS * OG_BLOCK_SIDE);
}

void og_masking_spare(unsigned sides, uint16_t patience[OG_TILE_BLOCKS])
{
    for (int b = 0; b < OG_TILE_BLOCKS; b++) {
        int x = b % ACROSS, y = b / ACROSS;
        unsigned at = (x == 0 ? OG_SIDE_LEFT : 0) | (y == 0 ? OG_SIDE_TOP : 0) | (x == ACROSS - 1 ? OG_SIDE_RIGHT : 0) |
                      (y == ACROSS - 1 ? OG_SIDE_BOTTOM : 0);
        if (at & sides)
            patience[b] = patience[b] < RIM ? patience[b] : RIM;
    }
}
