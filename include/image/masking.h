/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_MASKING_H
#define OG_IMAGE_MASKING_H
/*
 * How much of an error a block's own texture hides. SSIM divides errors by the variance around them, and so do eyes: a
 * bit is better spent where little is going on. Squared errors alone would spend it where most is.
 *
 * With V the variance of the block's samples that lie inside the plane, in integer arithmetic:
 *
 *     patience = 256 · sqrt((2 V + 58) / 458), at most 1024
 *
 * so that 256 stands for V = 200; 58 is SSIM's constant.
 *
 * Threads: pure functions. Ownership: borrow. Errors: none.
 */
#include "base/tile.h"
#include "image/dct.h"
#include "image/plane.h"

enum { OG_TILE_BLOCKS = OG_TILE_SIZE / OG_BLOCK_SIDE * (OG_TILE_SIZE / OG_BLOCK_SIDE), OG_PATIENCE_ONE = 256 };

/* Of each block of a tile. `source` may be smaller than a tile; blocks outside it have none: what they cost does not
 * count. */
void og_masking_find(const struct og_plane *source, uint16_t patience[OG_TILE_BLOCKS]);

/* Sides of a tile. */
enum { OG_SIDE_LEFT = 1, OG_SIDE_TOP = 2, OG_SIDE_RIGHT = 4, OG_SIDE_BOTTOM = 8 };

/*
 * Blocks along these sides get a patience of at most 70. Where families meet, neither is predicted from the other:
 * what a residual leaves uncorrected there is a line.
 */
void og_masking_spare(unsigned sides, uint16_t patience[OG_TILE_BLOCKS]);

#endif
