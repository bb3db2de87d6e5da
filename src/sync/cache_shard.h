/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_SHARD_H
#define OG_SYNC_CACHE_SHARD_H
/*
 * og_cache_shard: the two queues of one part of the cache, which own its entries, and the spare ones.
 *
 *     put, unknown --> small --(oldest, 2 hits or more)--> main --(oldest, hit since)--> main again, one hit less
 *                        |                                  ^ |
 *                        +--(oldest)--> ghost --(put again)-+ +--(oldest, no hits left)--> gone
 *
 * Threads:   any, outside sections: what they touch is what they own (cache.c, c). init and fini are single-threaded.
 * Ownership: an entry is in one ring, or with the one thread that popped it or made it. keep takes the entry.
 * Progress:  as the rings': nothing waits; a ring that says "full" or "empty", even wrongly, costs one tile its place.
 * Errors:    init and entry say false and NULL when memory is out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache_entry.h"
#include "cache_ghost.h"
#include "cache_index.h"
#include "sync/epoch.h"
#include "sync/ring.h"

/* What all shards share. */
struct og_cache_common {
    /* immutable after init */
    struct og_epoch *epoch;
    struct og_cache_index index;
    struct og_cache_ghost ghost;
    /* shared: atomic */
    alignas(OG_CACHE_LINE) atomic_size_t kept, deferred; /* bytes in the queues; evicted, but not yet reclaimed */
};

enum og_cache_place { OG_CACHE_SMALL, OG_CACHE_MAIN, OG_CACHE_PLACES };

struct og_cache_shard {
    /* immutable after init */
    struct og_cache_common *common;
    struct og_ring *queue[OG_CACHE_PLACES], *spare;
    /* shared: atomic */
    alignas(OG_CACHE_LINE) atomic_size_t bytes[OG_CACHE_PLACES];
    _Atomic uint64_t inserted, evicted, refused;
};

bool og_cache_shard_init(struct og_cache_shard *shard, struct og_cache_common *common, size_t share_bytes);

/* An entry that nobody else knows, with a reference of its own to the buffer. */
struct og_cache_entry *og_cache_shard_entry(struct og_cache_shard *shard, const struct og_key *key, struct og_buf *buf);

/* Into the index and a queue, or false: given back. Enters and leaves a section of `seat`. */
bool og_cache_shard_keep(struct og_cache_shard *shard, unsigned seat, struct og_cache_entry *entry);

/* Takes one entry from a queue and promotes, reinserts or evicts it; with `force` it is evicted. False: none to take.
 */
bool og_cache_shard_step(struct og_cache_shard *shard, bool force);

size_t og_cache_shard_bytes(const struct og_cache_shard *shard);
void og_cache_shard_fini(struct og_cache_shard *shard); /* after the epoch */

#endif
