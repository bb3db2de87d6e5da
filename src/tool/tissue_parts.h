/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TISSUE_PARTS_H
#define OG_TOOL_TISSUE_PARTS_H
/*
 * How tissue.c, tissue_ground.c and tissue_cells.c share the work on one block of OG_BLOCK² pixels: slow fields on a
 * lattice, then two stains per pixel, then cells over them. Mostly in integers: they are fast, and two runs agree.
 *
 * Threads: pure. Ownership: the block is the caller's. Errors: none.
 */
#include <stdbool.h>

#include "tool/tissue.h"

enum {
    OG_BLOCK = 128,
    OG_STEP = 8, /* pixels between points of the lattice */
    OG_POINTS = OG_BLOCK / OG_STEP + 1,
};

/* What the tissue is like at one point. Shares in 1/256. */
struct og_ground {
    int16_t inside; /* 0: glass … 256: tissue */
    int16_t depth;  /* from the epithelium's free surface, in 1/16 pixel: negative in a lumen, > OG_WALL in stroma */
    int16_t crowd;  /* share of lymphocytes */
    int16_t turn;   /* share of the second direction of fibres */
    int16_t warp;   /* sideways shift of fibres, in 1/16 pixel */
    int16_t dye;    /* how strongly eosin took */
};

enum { OG_WALL = 62 * 16, OG_GLANDS_MAX = 16 };

struct og_gland {
    int32_t x, y;
    int radius;
    double flat; /* how much lower than wide */
};

struct og_block {
    int32_t x, y; /* of its first pixel: multiples of OG_BLOCK */
    bool empty;   /* nothing but glass */
    int glands;   /* that reach the block and its cells */
    struct og_gland gland[OG_GLANDS_MAX];
    struct og_ground ground[OG_POINTS][OG_POINTS];
    int16_t inside[OG_BLOCK][OG_BLOCK];
    int16_t blue[OG_BLOCK][OG_BLOCK];                             /* haematoxylin, 0 … 255 */
    int16_t pink[OG_BLOCK][OG_BLOCK];                             /* eosin, 0 … 255 */
    int16_t fine[OG_BLOCK][OG_BLOCK], coarse[OG_BLOCK][OG_BLOCK]; /* grain, -128 … 127 */
};

int32_t og_ground_outline(const struct og_tissue *tissue, int32_t x, int32_t y);

/* Fills everything but the cells; the block's place is given. */
void og_ground_fill(const struct og_tissue *tissue, struct og_block *block);

/* In the block or at most one cell's reach beyond. */
struct og_ground og_ground_at(const struct og_tissue *tissue, const struct og_block *block, int32_t x, int32_t y);

void og_cells_fill(const struct og_tissue *tissue, struct og_block *block);

/* Two orientations of fibres as unit vectors in 1/256. */
struct og_direction {
    int c, s;
};
struct og_direction og_ground_direction(const struct og_tissue *tissue, bool second);

static inline uint32_t og_hash(uint32_t seed, int32_t x, int32_t y)
{
    uint32_t h = seed ^ (uint32_t)x * UINT32_C(0x9e3779b1) ^ (uint32_t)y * UINT32_C(0x85ebca77);
    h ^= h >> 15;
    h *= UINT32_C(0x2c1b3c6d);
    h ^= h >> 12;
    h *= UINT32_C(0x297a2d39);
    return h ^ h >> 15;
}

/* Value noise on the integer lattice, 0 … 65535; u and v in 1/256. */
static inline int og_noise(uint32_t seed, int64_t u, int64_t v)
{
    int32_t x = (int32_t)(u >> 8), y = (int32_t)(v >> 8);
    int fx = (int)(u & 255), fy = (int)(v & 255);
    fx = fx * fx * (768 - 2 * fx) >> 16;
    fy = fy * fy * (768 - 2 * fy) >> 16;
    int a = (int)(og_hash(seed, x, y) >> 16), b = (int)(og_hash(seed, x + 1, y) >> 16);
    int c = (int)(og_hash(seed, x, y + 1) >> 16), d = (int)(og_hash(seed, x + 1, y + 1) >> 16);
    int upper = a + ((b - a) * fx >> 8), lower = c + ((d - c) * fx >> 8);
    return upper + ((lower - upper) * fy >> 8);
}

/* Octaves of noise from 1 << shift pixels downwards, each half as strong as the one before; 0 … 65535. */
static inline int og_octaves(uint32_t seed, int32_t x, int32_t y, int shift, int octaves)
{
    int64_t sum = 0, weights = 0;
    for (int i = 0; i < octaves && shift - i >= 1; i++) {
        int64_t weight = INT64_C(1) << (octaves - i);
        int64_t u = (int64_t)x * 256 >> (shift - i), v = (int64_t)y * 256 >> (shift - i);
        sum += weight * og_noise(seed + (uint32_t)i * 101, u, v);
        weights += weight;
    }
    return weights ? (int)(sum / weights) : 0;
}

static inline int og_clip(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

/* 0 below `low`, 256 above `high`, smooth between. */
static inline int og_ramp(int v, int low, int high)
{
    int t = v <= low ? 0 : v >= high ? 256 : (int)((int64_t)(v - low) * 256 / (high - low));
    return t * t * (768 - 2 * t) >> 16;
}

#endif
