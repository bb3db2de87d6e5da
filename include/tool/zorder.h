/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_ZORDER_H
#define OG_TOOL_ZORDER_H
/*
 * The order of families in a slide: a quadtree's (upper left, upper right, lower left, lower right), clipped to the
 * grid. Neighbours stay near each other, and the children of a coarser tile come one after another.
 *
 * Threads: pure. Ownership: none. Errors: none; the index lies below width · height.
 */
#include <stdint.h>

#include "slide/pyramid.h"

struct og_cell {
    uint32_t x, y;
};

struct og_cell og_zorder_cell(struct og_extent grid, uint64_t index);

/* The last in this order of the up to four children of (x, y) in the next finer grid. */
struct og_cell og_zorder_last_child(struct og_extent finer, uint32_t x, uint32_t y);

#endif
