/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_H
#define OG_SYNC_CACHE_H
/*
 * og_cache: bounded map from tile key to encoded tile, cut into shards, evicting by S3-FIFO (a small queue for what was
 * seen once, a main queue with two-bit counters, and a memory of hashes lately evicted).
 *
 * Threads:   get and put from any thread at any time; new and destroy are single-threaded. Each shard has one mutex for
 *            now: this interface is final, its inside becomes lock-free later. A hit allocates nothing.
 * Ownership: get returns one more owned reference; put adds a reference of its own and leaves the caller's alone.
 * Errors:    a refused put (too large, no memory, capacity 0) is not an error: the tile is just not kept, and what was
 *            kept under the same key stays. new returns NULL when memory is out.
 * Bound:     the sum of og_buf_cost over kept buffers plus the entries' own bytes never exceeds `capacity_bytes`, nor a
 *            shard's sum its share. The tables, fixed by new, come on top: at most 1/128 of it and 1 KiB for a shard,
 * and 64 spare entries for a shard. In steady state a put allocates nothing of its own.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/key.h"

struct og_cache;

struct og_cache_counts {
    uint64_t entries, bytes; /* now */
    uint64_t inserted, evicted, refused;
};

/* `shards` is rounded up to a power of two, then halved until each holds 5 MiB, so that every tile fits. */
struct og_cache *og_cache_new(size_t capacity_bytes, unsigned shards);

struct og_buf *og_cache_get(struct og_cache *cache, const struct og_key *key);           /* NULL: not here */
void og_cache_put(struct og_cache *cache, const struct og_key *key, struct og_buf *buf); /* same key: replaces */

struct og_cache_counts og_cache_count(struct og_cache *cache);
void og_cache_destroy(struct og_cache **cache);

#endif
