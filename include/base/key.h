/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_KEY_H
#define OG_BASE_KEY_H
/*
 * og_key: the name of one tile or one family as a value, hashed once where it is made and carried along.
 *
 * Threads:   a value; pure functions. Ownership: none. Errors: none.
 */
#include <stdbool.h>
#include <stdint.h>

struct og_key {
    uint64_t slide; /* which opened slide: never reused within a process */
    uint32_t level; /* Deep Zoom level of a tile, OG_KEY_FAMILY for a family */
    uint32_t x, y;
    uint64_t hash; /* of all the above and the process's seed */
};

#define OG_KEY_FAMILY UINT32_MAX

/* Folds one more word into a hash: equal words in equal order give equal hashes on every machine. */
uint64_t og_key_mix(uint64_t hash, uint64_t word);

struct og_key og_key_make(uint64_t seed, uint64_t slide, uint32_t level, uint32_t x, uint32_t y);
bool og_key_equal(const struct og_key *a, const struct og_key *b);

#endif
