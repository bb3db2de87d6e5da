/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>

#include "tissue_parts.h"

enum {
    SEED_OUTLINE = 11,
    SEED_GLAND = 23,
    SEED_DISTRICT = 31,
    SEED_SHEET = 37,
    SEED_CROWD = 41,
    SEED_TURN = 53,
    SEED_WARP = 61,
    SEED_DYE = 71,
    SEED_FIBRE = 83,
    SEED_GRAIN = 97,
    GLAND_SHIFT = 9, /* one gland per 512 x 512 pixels, if any */
    MARGIN = 64,     /* cells that reach into a block stand at most so far outside */
    FAR = 200 * 16,
};

/* Noise, and a bias towards the middle of the slide: glass is mostly at its rim. */
int32_t og_ground_outline(const struct og_tissue *t, int32_t x, int32_t y)
{
    int32_t noise = og_octaves(t->mixed + SEED_OUTLINE, x, y, t->outline_shift, 9);
    int64_t dx = ((int64_t)2 * x - t->width) * 1024 / t->width, dy = ((int64_t)2 * y - t->height) * 1024 / t->height;
    return noise - (int32_t)((dx * dx + dy * dy) >> 6);
}

static void find_glands(const struct og_tissue *t, struct og_block *block)
{
    int32_t left = (block->x - MARGIN) >> GLAND_SHIFT, right = (block->x + OG_BLOCK + MARGIN) >> GLAND_SHIFT;
    int32_t top = (block->y - MARGIN) >> GLAND_SHIFT, bottom = (block->y + OG_BLOCK + MARGIN) >> GLAND_SHIFT;
    block->glands = 0;
    for (int32_t j = top - 1; j <= bottom + 1; j++)
        for (int32_t i = left - 1; i <= right + 1; i++) {
            uint32_t h = og_hash(t->mixed + SEED_GLAND, i, j);
            struct og_gland g = {.x = i * (1 << GLAND_SHIFT) + 80 + (int32_t)(h & 255) * 352 / 256,
                                 .y = j * (1 << GLAND_SHIFT) + 80 + (int32_t)(h >> 8 & 255) * 352 / 256,
                                 .radius = 16 + (int)(h >> 16 & 127) * 3 / 4,
                                 .flat = 1.0 + (double)(h >> 23 & 63) / 64};
            if (og_octaves(t->mixed + SEED_DISTRICT, g.x, g.y, 11, 2) > 27000)
                block->gland[block->glands++] = g;
        }
}

/* A gland's lumen is a warped disc. */
static int gland_depth(const struct og_tissue *t, const struct og_block *block, int32_t x, int32_t y)
{
    int best = FAR + 64 * 16;
    for (int i = 0; i < block->glands; i++) {
        const struct og_gland *g = &block->gland[i];
        double dx = x - g->x, dy = (y - g->y) * g->flat;
        int depth = (int)(16 * (sqrt(dx * dx + dy * dy) - g->radius));
        best = depth < best ? depth : best;
    }
    return best + (og_octaves(t->mixed + SEED_GLAND, x, y, 7, 3) - 32768) * 64 / 2048;
}

/* Solid epithelium with winding clefts. */
static int sheet_depth(const struct og_tissue *t, int32_t x, int32_t y)
{
    int share = og_ramp(og_octaves(t->mixed + SEED_SHEET, x, y, 10, 4), 33000, 37000);
    if (share == 0)
        return FAR;
    int32_t u = (int32_t)(((int64_t)x * 222 - (int64_t)y * 128) >> 8); /* off the lattice's axes */
    int32_t v = (int32_t)(((int64_t)x * 128 + (int64_t)y * 222) >> 8);
    int cleft = abs(og_octaves(t->mixed + SEED_SHEET + 50, u, v, 8, 4) - 32768) / 3 - 64;
    return (cleft < 48 * 16 ? cleft : 48 * 16) + (256 - share) * 4;
}

struct og_ground og_ground_at(const struct og_tissue *t, const struct og_block *block, int32_t x, int32_t y)
{
    struct og_ground g = {0};
    int64_t over = (int64_t)og_ground_outline(t, x, y) - t->outline_threshold;
    int slope = (1 << 20) >> (t->outline_shift > 6 ? t->outline_shift : 6); /* the rim is a few pixels wide */
    g.inside = (int16_t)og_ramp((int)(over > 1 << 20 ? 1 << 20 : over < -(1 << 20) ? -(1 << 20) : over), -slope, slope);
    if (g.inside == 0)
        return g;
    int gland = gland_depth(t, block, x, y), sheet = sheet_depth(t, x, y);
    g.depth = (int16_t)og_clip(gland < sheet ? gland : sheet, -FAR, FAR);
    g.crowd = (int16_t)og_ramp(og_octaves(t->mixed + SEED_CROWD, x, y, 9, 4), 39000, 48000);
    g.turn = (int16_t)og_ramp(og_octaves(t->mixed + SEED_TURN, x, y, 9, 2), 28000, 38000);
    g.warp = (int16_t)((og_octaves(t->mixed + SEED_WARP, x, y, 8, 4) - 32768) * 16 * 140 / 32768);
    g.dye = (int16_t)(og_octaves(t->mixed + SEED_DYE, x, y, 8, 4) >> 8);
    return g;
}

struct og_direction og_ground_direction(const struct og_tissue *t, bool second)
{
    static const struct og_direction directions[8] = {{256, 0}, {237, 98},  {181, 181},  {98, 237},
                                                      {0, 256}, {-98, 237}, {-181, 181}, {-237, 98}};
    return directions[((t->mixed >> 28) + (second ? 3 : 0)) & 7];
}

/* Bundles of threads: how thick at this point, -128 … 127, and how near a cleft between two bundles, 0 … 256. */
static int fibre(const struct og_tissue *t, struct og_direction d, int32_t x, int32_t y, int warp, int *cleft)
{
    int64_t along = (int64_t)x * d.c + (int64_t)y * d.s, across = (int64_t)y * d.c - (int64_t)x * d.s + warp * 16;
    int bundle = (og_noise(t->mixed + SEED_FIBRE, along >> 6, across >> 4) >> 8) - 128;
    int thread = (og_noise(t->mixed + SEED_FIBRE + 1, along >> 4, (across * 3) >> 3) >> 8) - 128;
    *cleft = 256 - og_ramp(abs(bundle + thread / 12), 2, 13);
    return (abs(bundle) * 2 - 64 + thread) / 2;
}

static int between(int a, int b, int t)
{
    return a + ((b - a) * t >> 8);
}

static void stroma(const struct og_tissue *t, const struct og_ground *g, int32_t x, int32_t y, int *blue, int *pink)
{
    int thick[2] = {0, 0}, cleft[2] = {0, 0};
    if (g->turn < 256)
        thick[0] = fibre(t, og_ground_direction(t, false), x, y, g->warp, &cleft[0]);
    if (g->turn > 0)
        thick[1] = fibre(t, og_ground_direction(t, true), x, y, g->warp, &cleft[1]);
    int threads = between(thick[0], thick[1], g->turn), gap = between(cleft[0], cleft[1], g->turn);
    gap = gap * og_ramp(g->dye, 90, 170) * 7 >> 11; /* no clefts where the tissue is dense */
    *pink = between(84 - g->dye / 8 + threads * 2 / 5, 14, gap);
    *blue = between(16 + threads / 12, 2, gap);
}

static void epithelium(const struct og_block *block, const struct og_ground *g, int row, int column, int *blue,
                       int *pink)
{
    int coarse = block->coarse[row][column], fine = block->fine[row][column];
    *pink = 50 + (g->dye - 128) / 5 + coarse / 8 + fine / 9;
    *blue = 40 - (g->dye - 128) / 8 + coarse / 10 + fine / 10;
}

static void stain(const struct og_tissue *t, struct og_block *block, const struct og_ground *g, int row, int column)
{
    int wall = og_ramp(g->depth, -24, 32), beyond = og_ramp(g->depth, OG_WALL - 32, OG_WALL + 32);
    int b[2] = {0, 0}, p[2] = {0, 0};
    if (beyond > 0)
        stroma(t, g, block->x + column, block->y + row, &b[1], &p[1]);
    if (beyond < 256)
        epithelium(block, g, row, column, &b[0], &p[0]);
    int blue = between(b[0], b[1], beyond), pink = between(p[0], p[1], beyond);
    blue += 10 * g->crowd >> 8;
    pink += block->fine[row][column] * pink / 700;
    block->blue[row][column] = (int16_t)((between(1, blue, wall) * g->inside) >> 8);
    block->pink[row][column] = (int16_t)((between(3, pink, wall) * g->inside) >> 8);
}

static struct og_ground mix(const struct og_ground *a, const struct og_ground *b, int t)
{
    return (struct og_ground){
        .inside = (int16_t)between(a->inside, b->inside, t),
        .depth = (int16_t)between(a->depth, b->depth, t),
        .crowd = (int16_t)between(a->crowd, b->crowd, t),
        .turn = (int16_t)between(a->turn, b->turn, t),
        .warp = (int16_t)between(a->warp, b->warp, t),
        .dye = (int16_t)between(a->dye, b->dye, t),
    };
}

static void fill_row(const struct og_tissue *t, struct og_block *block, int row)
{
    struct og_ground points[OG_POINTS];
    for (int i = 0; i < OG_POINTS; i++)
        points[i] = mix(&block->ground[row / OG_STEP][i], &block->ground[row / OG_STEP + 1][i],
                        row % OG_STEP * (256 / OG_STEP));
    for (int column = 0; column < OG_BLOCK; column++) {
        const struct og_ground *p = &points[column / OG_STEP];
        struct og_ground g = mix(p, p + 1, column % OG_STEP * (256 / OG_STEP));
        block->inside[row][column] = g.inside;
        block->blue[row][column] = block->pink[row][column] = 0;
        if (g.inside > 0)
            stain(t, block, &g, row, column);
    }
}

/* og_noise on a regular raster of `step`/256 lattice cells per pixel, one lattice row at a time. */
static void fill_grain(uint32_t seed, const struct og_block *block, int step, int16_t plane[OG_BLOCK][OG_BLOCK])
{
    for (int row = 0; row < OG_BLOCK; row++) {
        int64_t u = (int64_t)block->x * step, v = (int64_t)(block->y + row) * step;
        int32_t x = (int32_t)(u >> 8), y = (int32_t)(v >> 8);
        int fy = (int)(v & 255), lattice[OG_BLOCK + 2];
        fy = fy * fy * (768 - 2 * fy) >> 16;
        for (int i = 0; i <= (OG_BLOCK * step >> 8) + 2; i++) {
            int upper = (int)(og_hash(seed, x + i, y) >> 24), lower = (int)(og_hash(seed, x + i, y + 1) >> 24);
            lattice[i] = upper * 256 + (lower - upper) * fy;
        }
        for (int column = 0; column < OG_BLOCK; column++) {
            int at = (int)(u & 255) + column * step, f = at & 255;
            const int *pair = &lattice[at >> 8];
            f = f * f * (768 - 2 * f) >> 16;
            plane[row][column] = (int16_t)((pair[0] + ((pair[1] - pair[0]) * f >> 8)) / 256 - 128);
        }
    }
}

void og_ground_fill(const struct og_tissue *t, struct og_block *block)
{
    int most = 0;
    find_glands(t, block);
    for (int j = 0; j < OG_POINTS; j++)
        for (int i = 0; i < OG_POINTS; i++) {
            block->ground[j][i] = og_ground_at(t, block, block->x + i * OG_STEP, block->y + j * OG_STEP);
            most = block->ground[j][i].inside > most ? block->ground[j][i].inside : most;
        }
    block->empty = most == 0;
    if (block->empty)
        return;
    fill_grain(t->mixed + SEED_GRAIN, block, 120, block->fine);
    fill_grain(t->mixed + SEED_GRAIN + 1, block, 56, block->coarse);
    for (int row = 0; row < OG_BLOCK; row++)
        fill_row(t, block, row);
}
