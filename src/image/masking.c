/* SPDX-License-Identifier: MIT */
#include "image/masking.h"

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
    int right = left + OG_BLOCK_SIDE < source->width ? left + OG_BLOCK_SIDE : source->width;
    int bottom = top + OG_BLOCK_SIDE < source->height ? top + OG_BLOCK_SIDE : source->height;
    if (right <= left || bottom <= top)
        return OG_PATIENCE_ONE;
    uint32_t n = (uint32_t)((right - left) * (bottom - top)), sum = 0, squares = 0;
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++) {
            uint32_t v = source->data[y * source->stride + x];
            sum += v;
            squares += v * v;
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
