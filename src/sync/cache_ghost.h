/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_GHOST_H
#define OG_SYNC_CACHE_GHOST_H
/*
 * og_cache_ghost: a memory of hashes that forgets. Each bucket remembers the last four fingerprints that it was given.
 *
 * Threads:   any. Ownership: none.
 * Promise:   none that matters: two threads in one bucket may lose a fingerprint or keep one twice, and two keys may
 *            have one fingerprint. A wrong answer puts a tile into the other queue and nothing else.
 * Progress:  wait-free: relaxed loads and stores. Errors: init returns false when memory is out.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OG_CACHE_GHOST_WAYS = 4 };

struct og_cache_ghost_bucket {
    _Atomic uint32_t newest_first[OG_CACHE_GHOST_WAYS]; /* fingerprints; 0 is a free place */
};

struct og_cache_ghost {
    struct og_cache_ghost_bucket *buckets;
    size_t mask;
};

bool og_cache_ghost_init(struct og_cache_ghost *ghost, size_t prints); /* at least so many, at most twice as many */
void og_cache_ghost_remember(struct og_cache_ghost *ghost, uint64_t hash);
bool og_cache_ghost_recall(struct og_cache_ghost *ghost, uint64_t hash); /* and forgets it */
void og_cache_ghost_fini(struct og_cache_ghost *ghost);

#endif
