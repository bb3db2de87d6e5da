/* SPDX-License-Identifier: MIT */
/* All accesses are relaxed: a fingerprint stands alone and publishes nothing. */
#include "cache_ghost.h"

#include <stdlib.h>

static uint32_t fingerprint(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static uint32_t read_at(const struct og_cache_ghost_bucket *bucket, unsigned at)
{
    return atomic_load_explicit(&bucket->newest_first[at], memory_order_relaxed); /* see above */
}

static void write_at(struct og_cache_ghost_bucket *bucket, unsigned at, uint32_t print)
{
    atomic_store_explicit(&bucket->newest_first[at], print, memory_order_relaxed); /* see above */
}

bool og_cache_ghost_init(struct og_cache_ghost *ghost, size_t prints)
{
    size_t buckets = 1;
    while (buckets * OG_CACHE_GHOST_WAYS < prints)
        buckets *= 2;
    ghost->mask = buckets - 1;
    ghost->buckets = calloc(buckets, sizeof *ghost->buckets);
    return ghost->buckets;
}

void og_cache_ghost_remember(struct og_cache_ghost *ghost, uint64_t hash)
{
    struct og_cache_ghost_bucket *bucket = &ghost->buckets[hash & ghost->mask];
    for (unsigned at = OG_CACHE_GHOST_WAYS - 1; at > 0; at--)
        write_at(bucket, at, read_at(bucket, at - 1));
    write_at(bucket, 0, fingerprint(hash));
}

bool og_cache_ghost_recall(struct og_cache_ghost *ghost, uint64_t hash)
{
    struct og_cache_ghost_bucket *bucket = &ghost->buckets[hash & ghost->mask];
    unsigned at = 0;
    while (at < OG_CACHE_GHOST_WAYS && read_at(bucket, at) != fingerprint(hash))
        at++;
    if (at == OG_CACHE_GHOST_WAYS)
        return false;
    for (; at + 1 < OG_CACHE_GHOST_WAYS; at++)
        write_at(bucket, at, read_at(bucket, at + 1));
    write_at(bucket, at, 0);
    return true;
}

void og_cache_ghost_fini(struct og_cache_ghost *ghost)
{
    free(ghost->buckets);
}
