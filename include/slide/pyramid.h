/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_PYRAMID_H
#define OG_SLIDE_PYRAMID_H
/*
 * og_pyramid: Deep Zoom's arithmetic of levels, grids and tiles for one image, and where families lie in it. A value.
 *
 * Level numbers are Deep Zoom's: 0 is one pixel, `top` is full size. Depth counts the other way: 0 is full size, and
 * depths 1 and 2 exist for families even where the image is too small to have such levels.
 *
 * Threads: pure functions. Ownership: none. Errors: only og_pyramid_make judges its input.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/tile.h"

#define OG_PYRAMID_SIDE_MAX (UINT32_C(1) << 26)

struct og_pyramid {
    uint32_t width, height; /* 1 … OG_PYRAMID_SIDE_MAX */
    uint32_t tile;          /* side of a tile without overlap */
    uint32_t overlap;       /* 0 for Origami slides */
    uint32_t top;           /* ceil(log2(max(width, height))) */
};

struct og_extent {
    uint32_t width, height;
};

bool og_pyramid_make(uint32_t width, uint32_t height, uint32_t tile, uint32_t overlap, struct og_pyramid *out);

struct og_extent og_pyramid_size(const struct og_pyramid *p, unsigned depth); /* in pixels, at least 1 x 1 */
struct og_extent og_pyramid_grid(const struct og_pyramid *p, unsigned depth); /* in tiles */

uint64_t og_pyramid_tiles(const struct og_pyramid *p, unsigned depth); /* how many the grid has */

/* Pixels of one tile, cropped at the right and bottom edge, overlap included. The tile lies in the grid. */
struct og_extent og_pyramid_tile(const struct og_pyramid *p, unsigned depth, uint32_t x, uint32_t y);

struct og_pyramid_place {
    unsigned depth;
    uint32_t x, y;
};

/* Where the tile in a slot of family (fx, fy) lies, be it inside the slide or not. */
struct og_pyramid_place og_pyramid_of_slot(uint32_t fx, uint32_t fy, unsigned slot);

/* Where tile number `index` lies when those of depth `first` are counted row by row, then those of the next depth. */
struct og_pyramid_place og_pyramid_nth(const struct og_pyramid *p, unsigned first, uint64_t index);

/* The Deep Zoom level of a depth; 0, the coarsest, for those that are stored of a slide too small to have them. */
uint32_t og_pyramid_level(const struct og_pyramid *p, unsigned depth);

/* Is there such a level and such a tile in it? */
bool og_pyramid_has(const struct og_pyramid *p, uint32_t level, uint32_t x, uint32_t y);

/* The slots of family (fx, fy) that lie inside the slide. */
uint32_t og_pyramid_slots(const struct og_pyramid *p, uint32_t fx, uint32_t fy);

/* Stored base levels of an Origami slide: depth 2, 3, … down to the first that fits one tile. Returns that last depth.
 */
unsigned og_pyramid_last_depth(const struct og_pyramid *p);

#endif
