/* SPDX-License-Identifier: MIT */
#include "base/key.h"

static uint64_t mix(uint64_t h)
{
    h ^= h >> 30;
    h *= UINT64_C(0xbf58476d1ce4e5b9);
    h ^= h >> 27;
    h *= UINT64_C(0x94d049bb133111eb);
    return h ^ (h >> 31);
}

uint64_t og_key_mix(uint64_t hash, uint64_t word)
{
    return mix(hash ^ mix(word + UINT64_C(0x9e3779b97f4a7c15)));
}

struct og_key og_key_make(uint64_t seed, uint64_t slide, uint32_t level, uint32_t x, uint32_t y)
{
    uint64_t h = og_key_mix(seed, slide);
    h = mix(h ^ ((uint64_t)x << 32 | y));
    h = mix(h ^ level);
    return (struct og_key){.slide = slide, .level = level, .x = x, .y = y, .hash = h};
}

bool og_key_equal(const struct og_key *a, const struct og_key *b)
{
    return a->hash == b->hash && a->slide == b->slide && a->level == b->level && a->x == b->x && a->y == b->y;
}
