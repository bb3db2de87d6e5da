/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_SHARD_H
#define OG_SYNC_CACHE_SHARD_H
/*
 * og_cache_shard: one shard of og_cache without its lock: index, S3-FIFO queues, memory of the lately evicted.
 *
 *     put, unknown --> small --(oldest, 2 hits or more)--> main --(oldest, hit since)--> main again, one hit less
 *                        |                                  ^ |
 *                        +--(oldest)--> ghost --(put again)-+ +--(oldest, no hits left)--> gone
 *
 * Threads:   one at a time: whoever holds the shard's lock in cache.c.
 * Ownership: an entry owns one reference to its buffer. put takes the entry and returns a list of entries, owned, that
 *            are no longer in the shard, for the caller to free after unlocking. get shares the buffer.
 * Errors:    init returns false when memory is out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sync/cache.h"

enum og_cache_place { OG_CACHE_SMALL, OG_CACHE_MAIN, OG_CACHE_PLACES };

struct og_cache_entry {
    struct og_key key;
    struct og_buf *buf;
    struct og_cache_entry *chain;         /* next in the same bucket of the index */
    struct og_cache_entry *newer, *older; /* in its queue */
    size_t cost;                          /* bytes of entry and buffer, as the allocator counts them */
    enum og_cache_place place;
    unsigned hits; /* 0 to 3 */
};

struct og_cache_queue {
    struct og_cache_entry *oldest, *newest;
    size_t bytes;
};

struct og_cache_ghost {
    uint32_t newest_first[4]; /* fingerprints; 0 is a free place */
};

struct og_cache_shard {
    struct og_cache_entry **index;
    struct og_cache_ghost *ghosts;
    size_t index_mask, ghost_mask;
    size_t limit;
    struct og_cache_queue queues[OG_CACHE_PLACES];
    struct og_cache_entry *spare; /* strung by `older`: a steady cache takes its entries from here */
    unsigned spares;
    struct og_cache_counts counts;
};

bool og_cache_shard_init(struct og_cache_shard *shard, size_t limit);
struct og_buf *og_cache_shard_get(struct og_cache_shard *shard, const struct og_key *key);
void og_cache_shard_put(struct og_cache_shard *shard, const struct og_key *key, struct og_buf *buf);
void og_cache_shard_fini(struct og_cache_shard *shard);

#endif
