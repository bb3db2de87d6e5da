/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_H
#define OG_SYNC_CACHE_H
/*
 * og_cache: bounded map from tile key to encoded tile, lock-free, evicting by S3-FIFO (a small queue for what was seen
 * once, a main queue with two-bit counters, and a memory of hashes lately evicted).
 *
 * Threads:   everything but new and destroy from any thread at any time, each with its own seat (og_metrics_seat). A
 *            hit takes no lock, allocates nothing and writes no word that others write but the buffer's count.
 * Ownership: put adds a reference of its own and leaves the caller's alone; get returns one more owned reference.
 * Errors:    a refused put (larger than the cache, no memory, no room, not of the pool) is not an error: the tile is
 *            just not kept. new returns NULL when memory is out.
 * Same key:  same tile, same bytes. So a second put of a key that is kept changes nothing.
 * Bound:     buffers come from the pool, whose account also knows tiles that nobody keeps but that are still being
 *            sent. A put makes room until the account is within the capacity, where what was evicted and only waits for
 *            a section to end is left out. What is held outside pushes the cache down to a quarter of its capacity and
 *            no further. At any time, with one tile more for each thread that is about to put one,
 *
 *                account <= max(capacity, capacity / 4 + held outside) + OG_CACHE_DEFERRED_BYTES
 *
 *            On top come tables, made by new, of at most capacity / OG_CACHE_TABLE_SHARE + OG_CACHE_FIXED_BYTES, and
 *            OG_CACHE_SPARE_BYTES for each shard: spare entries, so that a put in steady state allocates nothing.
 *            Each queue has room for one tile per 4 KiB of capacity: a cache of smaller ones is full before its bytes.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/key.h"
#include "sync/buf_pool.h"

enum {
    OG_CACHE_DEFERRED_BYTES = 4 << 20,
    OG_CACHE_TABLE_SHARE = 32,
    OG_CACHE_FIXED_BYTES = 64 << 10,
    OG_CACHE_SPARE_BYTES = 32 << 10,
};

struct og_cache;

struct og_cache_counts {
    uint64_t entries, bytes; /* now; bytes as the pool's account counts them */
    uint64_t inserted, evicted, refused;
};

/* `shards` is rounded up to a power of two, then halved until each holds 8 MiB. Borrows the pool, which outlives it. */
struct og_cache *og_cache_new(size_t capacity_bytes, unsigned shards, struct og_buf_pool *pool);

struct og_buf *og_cache_get(struct og_cache *cache, unsigned seat, const struct og_key *key); /* NULL: not here */
void og_cache_put(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf);

struct og_cache_counts og_cache_count(const struct og_cache *cache);
void og_cache_destroy(struct og_cache **cache);

#endif
