/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "tissue_parts.h"

enum {
    SEED_CELL = 113,
    SEED_RED = 127,
    PITCH = 22,     /* one nucleus per 22 x 22 pixels, if any */
    RED_PITCH = 30, /* likewise red blood cells */
    REACH = 30,     /* no cell reaches further from its centre */
    RED_RADIUS = 13,
};

struct nucleus {
    int32_t x, y;
    double along, across; /* radii */
    double c, s;
    int strength, clumps, rim;
    uint32_t seed;
};

static int share(uint32_t h)
{
    return (int)(h & 255);
}

/* What grows at this place of the cell grid, if anything. */
static bool find_nucleus(const struct og_tissue *t, const struct og_block *block, int32_t i, int32_t j,
                         struct nucleus *n)
{
    uint32_t h = og_hash(t->mixed + SEED_CELL, i, j), k = og_hash(t->mixed + SEED_CELL + 1, i, j);
    n->x = i * PITCH + share(h) * PITCH / 256;
    n->y = j * PITCH + share(h >> 8) * PITCH / 256;
    n->seed = k;
    struct og_ground g = og_ground_at(t, block, n->x, n->y);
    if (g.inside < 200 || g.depth < 10 * 16)
        return false;
    bool wall = g.depth < OG_WALL;
    bool crowded = !wall && share(k >> 24) < g.crowd;
    int chance = wall ? (g.depth > 20 * 16 ? 238 : 110) : crowded ? 215 : 30;
    if (share(h >> 16) >= chance)
        return false;

    double size = share(h >> 24) / 255.0, shape = share(k) / 255.0, angle = share(k >> 8) * (3.14159265 / 256);
    n->strength = 132 + share(k >> 16) / 4;
    n->clumps = 150;
    n->rim = 40;
    if (wall) {
        n->along = 9.5 + 3.5 * size;
        n->across = 7 + 2 * shape;
        n->strength -= 28;
    } else if (crowded) {
        n->across = 6 + 1.5 * size;
        n->along = n->across + shape;
        n->strength += 20;
        n->clumps = 110;
    } else {
        struct og_direction d = og_ground_direction(t, g.turn > 128);
        n->along = 10 + 7 * size;
        n->across = 2.8 + 2.2 * shape;
        angle = atan2(d.s, d.c) + (shape - 0.5) * 0.9;
        n->clumps = 80;
    }
    n->c = cos(angle);
    n->s = sin(angle);
    return true;
}

/* How deep inside the nucleus a pixel is: 256 inside, 0 outside; *middle is 0 at its centre and 256 at its border. */
static int cover(const struct nucleus *n, int32_t x, int32_t y, int *middle)
{
    double dx = x - n->x, dy = y - n->y;
    double u = (dx * n->c + dy * n->s) / n->along, v = (dy * n->c - dx * n->s) / n->across;
    double bump = og_noise(n->seed, (int64_t)x << 5, (int64_t)y << 5) / 65536.0 - 0.5;
    double distance = sqrt(u * u + v * v) + 0.34 * bump;
    *middle = (int)(distance * 256);
    double soft = 1.3 / n->across;
    return og_ramp((int)((1 + soft - distance) / (2 * soft) * 256), 0, 256);
}

static int chromatin(const struct og_block *block, const struct nucleus *n, int row, int column, int middle)
{
    int speckle = (block->coarse[row][column] + block->fine[row][column]) * n->clumps >> 9;
    return n->strength + speckle + (n->rim * og_ramp(middle, 150, 230) >> 8) - n->rim / 2;
}

static void draw_nucleus(struct og_block *block, const struct nucleus *n)
{
    int reach = (int)(n->along * 1.35) + 3;
    for (int row = og_clip(n->y - reach - block->y, 0, OG_BLOCK); row < n->y + reach - block->y && row < OG_BLOCK;
         row++)
        for (int column = og_clip(n->x - reach - block->x, 0, OG_BLOCK);
             column < n->x + reach - block->x && column < OG_BLOCK; column++) {
            int32_t x = block->x + column, y = block->y + row;
            int middle, covered = cover(n, x, y, &middle) * block->inside[row][column] >> 8;
            if (covered == 0)
                continue;
            int blue =
                (chromatin(block, n, row, column, middle) * covered + block->blue[row][column] * (256 - covered)) >> 8;
            if (blue > block->blue[row][column])
                block->blue[row][column] = (int16_t)blue;
        }
}

static bool find_red(const struct og_tissue *t, const struct og_block *block, int32_t i, int32_t j, int32_t *x,
                     int32_t *y)
{
    uint32_t h = og_hash(t->mixed + SEED_RED, i, j);
    *x = i * RED_PITCH + share(h) * 24 / 256;
    *y = j * RED_PITCH + share(h >> 8) * 24 / 256;
    if (og_octaves(t->mixed + SEED_RED, *x, *y, 8, 3) < 47500 || share(h >> 16) > 200)
        return false;
    struct og_ground g = og_ground_at(t, block, *x, *y);
    return g.inside == 256 && g.depth > OG_WALL + 16 * RED_RADIUS && g.crowd < 100;
}

static void draw_red(struct og_block *block, int32_t x, int32_t y)
{
    int top = og_clip(y - RED_RADIUS - 2 - block->y, 0, OG_BLOCK),
        left = og_clip(x - RED_RADIUS - 2 - block->x, 0, OG_BLOCK);
    int bottom = og_clip(y + RED_RADIUS + 3 - block->y, 0, OG_BLOCK),
        right = og_clip(x + RED_RADIUS + 3 - block->x, 0, OG_BLOCK);
    for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++) {
            int dx = block->x + column - x, dy = block->y + row - y;
            int distance = (int)(sqrt(dx * dx + dy * dy) * 16);
            int covered = 256 - og_ramp(distance, (RED_RADIUS - 1) * 16, (RED_RADIUS + 1) * 16);
            int dye = 165 + og_ramp(distance, 0, RED_RADIUS * 16) / 8;
            int16_t *pink = &block->pink[row][column], *blue = &block->blue[row][column];
            *pink = (int16_t)((dye * covered + *pink * (256 - covered)) >> 8);
            *blue = (int16_t)((4 * covered + *blue * (256 - covered)) >> 8);
        }
}

static int32_t floor_div(int32_t a, int32_t b)
{
    return a >= 0 ? a / b : -((b - 1 - a) / b);
}

void og_cells_fill(const struct og_tissue *t, struct og_block *block)
{
    int32_t x, y;
    struct nucleus n;
    for (int32_t j = floor_div(block->y - REACH, RED_PITCH); j * RED_PITCH < block->y + OG_BLOCK + REACH; j++)
        for (int32_t i = floor_div(block->x - REACH, RED_PITCH); i * RED_PITCH < block->x + OG_BLOCK + REACH; i++)
            if (find_red(t, block, i, j, &x, &y))
                draw_red(block, x, y);
    for (int32_t j = floor_div(block->y - REACH - PITCH, PITCH); j * PITCH < block->y + OG_BLOCK + REACH; j++)
        for (int32_t i = floor_div(block->x - REACH - PITCH, PITCH); i * PITCH < block->x + OG_BLOCK + REACH; i++)
            if (find_nucleus(t, block, i, j, &n))
                draw_nucleus(block, &n);
}
