/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_QUANTISE_H
#define OG_IMAGE_QUANTISE_H
/*
 * From a tile's samples to the levels that are stored, by rate and distortion: of all levels that a block could have,
 * those with the least squared error + lambda · bits. Bits are those of the Huffman tables in use.
 *
 * AC levels are found block by block by dynamic programming over the zigzag scan. Each coefficient may take the level
 * nearest to it, the largest one whose size is a bit less (any other of the same size costs as much and errs more), or
 * zero; the last nonzero level is chosen along with them. DC levels are found over all blocks of the tile, because each
 * is stored as the difference from the block before: the nearest one and its two neighbours, again the cheapest path.
 *
 * Without lambda levels are rounded with a dead zone.
 *
 * All arithmetic is on integers: equal samples give equal levels on every processor.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include "image/huffman.h"
#include "image/kernels.h"
#include "image/masking.h"
#include "image/plane.h"

struct og_quantiser {
    uint8_t step[OG_BLOCK]; /* in zigzag order, 1 … 255 */
    uint32_t lambda;        /* squared error of OG_DCT_ONE-ths of a sample that a bit is worth; 0: none is saved */
};

/*
 * Levels of a plane of a whole tile, in zigzag order, block after block; lambda is multiplied by each block's patience
 * / OG_PATIENCE_ONE. Returns how much more it would cost to store nothing but zeros and no bit of the tile: where that
 * is little, the tile is better absent.
 */
int64_t og_quantise_tile(const struct og_kernels *kernels, const struct og_plane *plane,
                         const struct og_quantiser *quantiser, const struct og_symbol_bits *bits,
                         const uint16_t patience[OG_TILE_BLOCKS], int16_t (*levels)[OG_BLOCK]);

/* A block's levels times their steps, in the order of the inverse transform. */
static inline void og_dequantise(const struct og_quantiser *quantiser, const int16_t levels[OG_BLOCK],
                                 int16_t coefficients[OG_BLOCK])
{
    for (int i = 0; i < OG_BLOCK; i++)
        coefficients[og_zigzag[i]] = (int16_t)(levels[i] * quantiser->step[i]);
}

#endif
