/* SPDX-License-Identifier: MIT */
#ifndef TESTS_SUPPORT_LEVELS_H
#define TESTS_SUPPORT_LEVELS_H
/*
 * Tiles as levels with the least that coding them takes: one flat step, Huffman tables that have seen nothing.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include <string.h>

#include "image/jpeg_coder.h"

static inline void plain_coding(int components, uint8_t step, struct og_jpeg_coding *out)
{
    static const struct og_symbol_counts none;
    *out = (struct og_jpeg_coding){.components = components};
    for (int i = 0; i < 2; i++) {
        memset(out->quantiser[i].step, step, OG_BLOCK);
        og_huffman_make(&none, &out->huffman[i]);
    }
}

/* By rate and distortion when the quantiser has a lambda; every block is of middling patience. */
static inline int64_t quantise(const struct og_plane *plane, const struct og_quantiser *quantiser,
                               const struct og_symbol_bits *bits, int16_t (*levels)[OG_BLOCK])
{
    uint16_t patience[OG_TILE_BLOCKS];
    for (int b = 0; b < OG_TILE_BLOCKS; b++)
        patience[b] = OG_PATIENCE_ONE;
    return og_quantise_tile(og_kernels_choose(), plane, quantiser, bits, patience, levels);
}

static inline void quantise_plainly(const struct og_plane *plane, const struct og_quantiser *quantiser,
                                    int16_t (*levels)[OG_BLOCK])
{
    static const struct og_symbol_bits no_bits;
    (void)quantise(plane, quantiser, &no_bits, levels);
}

#endif
