/* SPDX-License-Identifier: MIT */
#include "slide/pyramid.h"

#define TILE_MIN 16
#define TILE_MAX 4096

static uint32_t shrink(uint32_t side, unsigned depth)
{
    if (depth >= 32)
        return 1;
    return (uint32_t)((side + (UINT64_C(1) << depth) - 1) >> depth);
}

bool og_pyramid_make(uint32_t width, uint32_t height, uint32_t tile, uint32_t overlap, struct og_pyramid *out)
{
    uint32_t longest = width > height ? width : height;
    if (width == 0 || height == 0 || longest > OG_PYRAMID_SIDE_MAX)
        return false;
    if (tile < TILE_MIN || tile > TILE_MAX || overlap > tile / 2)
        return false;
    uint32_t top = 0;
    while (UINT32_C(1) << top < longest)
        top++;
    *out = (struct og_pyramid){.width = width, .height = height, .tile = tile, .overlap = overlap, .top = top};
    return true;
}

struct og_extent og_pyramid_size(const struct og_pyramid *p, unsigned depth)
{
    return (struct og_extent){.width = shrink(p->width, depth), .height = shrink(p->height, depth)};
}

struct og_extent og_pyramid_grid(const struct og_pyramid *p, unsigned depth)
{
    struct og_extent size = og_pyramid_size(p, depth);
    return (struct og_extent){.width = (size.width + p->tile - 1) / p->tile,
                              .height = (size.height + p->tile - 1) / p->tile};
}

uint32_t og_pyramid_level(const struct og_pyramid *p, unsigned depth)
{
    return depth < p->top ? p->top - depth : 0;
}

uint64_t og_pyramid_tiles(const struct og_pyramid *p, unsigned depth)
{
    struct og_extent grid = og_pyramid_grid(p, depth);
    return (uint64_t)grid.width * grid.height;
}

struct og_pyramid_place og_pyramid_of_slot(uint32_t fx, uint32_t fy, unsigned slot)
{
    struct og_place place = og_slot_place(slot);
    unsigned shift = 2 - place.depth;
    return (struct og_pyramid_place){place.depth, (fx << shift) + place.dx, (fy << shift) + place.dy};
}

struct og_pyramid_place og_pyramid_nth(const struct og_pyramid *p, unsigned first, uint64_t index)
{
    unsigned depth = first;
    for (; index >= og_pyramid_tiles(p, depth); depth++)
        index -= og_pyramid_tiles(p, depth);
    uint32_t width = og_pyramid_grid(p, depth).width;
    return (struct og_pyramid_place){depth, (uint32_t)(index % width), (uint32_t)(index / width)};
}

static uint32_t stretch(const struct og_pyramid *p, uint32_t index, uint32_t side)
{
    uint32_t start = index * p->tile, end = start + p->tile + p->overlap;
    start -= index ? p->overlap : 0;
    return (end < side ? end : side) - start;
}

struct og_extent og_pyramid_tile(const struct og_pyramid *p, unsigned depth, uint32_t x, uint32_t y)
{
    struct og_extent size = og_pyramid_size(p, depth);
    return (struct og_extent){.width = stretch(p, x, size.width), .height = stretch(p, y, size.height)};
}

bool og_pyramid_has(const struct og_pyramid *p, uint32_t level, uint32_t x, uint32_t y)
{
    if (level > p->top)
        return false;
    struct og_extent grid = og_pyramid_grid(p, p->top - level);
    return x < grid.width && y < grid.height;
}

uint32_t og_pyramid_slots(const struct og_pyramid *p, uint32_t fx, uint32_t fy)
{
    struct og_extent families = og_pyramid_grid(p, 2);
    if (fx >= families.width || fy >= families.height)
        return 0;
    uint32_t mask = 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_pyramid_place place = og_pyramid_of_slot(fx, fy, slot);
        struct og_extent grid = og_pyramid_grid(p, place.depth);
        if (place.x < grid.width && place.y < grid.height)
            mask |= UINT32_C(1) << slot;
    }
    return mask;
}

unsigned og_pyramid_last_depth(const struct og_pyramid *p)
{
    unsigned depth = 2;
    for (;; depth++) {
        struct og_extent grid = og_pyramid_grid(p, depth);
        if (grid.width == 1 && grid.height == 1)
            return depth;
    }
}
