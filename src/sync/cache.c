/* SPDX-License-Identifier: MIT */
/*
 * (a) Algorithm. S3-FIFO (cache_shard.c) over bounded rings (ring.c), a set-associative index of one cache line per
 *     bucket (cache_index.c) and epoch-based reclamation (epoch.c).
 *
 * (b) Roles. get, put and count: any thread, at the same time as everything else, each with its own seat. new and
 *     destroy: alone.
 *
 * (c) Invariants.
 *         An entry has one owner: the ring that it is in, or the thread that took it out or made it. The index only
 *         borrows it, and so does a reader, within a section. Only the owner moves, unlinks or retires it.
 *         kept == cost of the entries that are owned; deferred == cost of those retired and not yet reclaimed
 *         bytes[q] of a shard == cost of the entries in its ring q    (all up to calls that are under way)
 *         outside == account - kept - deferred: tiles that nobody keeps but that somebody still holds
 *         after a put, kept of its shard <= max(capacity - outside, capacity / 4) / shards, as far as it saw them
 *
 * (d) Progress. get is wait-free: eight ways at most, and no repetition. put is bounded: at most STEPS_MOST entries
 *     are moved (after STEPS_PATIENT the next one goes, hit or not) and TRIES ways tried, else the tile is refused;
 *     within, rings and the epoch's push are lock-free. A thread stopped in a section defers reclaiming; while more
 *     than OG_CACHE_DEFERRED_BYTES wait, tiles are refused, and hits go on. A thread stopped with an entry in its hands
 *     keeps that one from moving, and it is still found. Nobody waits for anybody.
 *
 * (e) Edges.
 *         C1 insert: CAS of a way, release      -> C2 find, insert: load of a way, acquire: the entry, and through it
 *                                                  the buffer's bytes
 *     Who takes an entry from a ring has it by R1/R2. Hits, byte counts and the ghost steer, and publish nothing.
 *
 * (f) Reclamation and ABA. An entry's way is emptied by its owner, or has been taken by another entry, before the owner
 *     retires it; by coherence of that one word, a section that begins after what the owner has seen does not find it
 *     there. So the epoch's argument (epoch.c, f) holds, and a section may read the entry and add a reference to its
 *     buffer, which the entry's own reference keeps above zero until it is reclaimed. The owner's CAS that empties a
 *     way cannot meet its own word in another life: the entry would have to be reclaimed first, and it is still owned.
 *     A CAS that inserts runs in a section, so the entry whose word it expects, if any, is not reclaimed in between.
 *
 *     Two puts of one key at once may both miss and take two ways. Only the lower one is found, so the other gets no
 *     more hits and leaves with the queue; until then the tile is kept twice, with the same bytes.
 */
#include "sync/cache.h"

#include <assert.h>
#include <stdlib.h>

#include "cache_shard.h"

enum {
    LEAST_SHARD_BYTES = 8 << 20,
    MOST_SHARDS = 256,
    SHARD_HASH_SHIFT = 48,
    BYTES_PER_WAY = 2048,    /* of the index */
    BYTES_PER_PRINT = 32768, /* of the ghost */
    OUTSIDE_LEAVES = 4,      /* the part of the capacity that what is held outside leaves to the cache */
    STEPS_PATIENT = 512,
    STEPS_MOST = 2048,
};

struct og_cache {
    /* immutable after new */
    size_t capacity, shards;
    struct og_buf_pool *pool;
    /* shared: atomic */
    struct og_cache_common common;
    struct og_cache_shard shard[];
};

static_assert(sizeof(struct og_cache_shard) % OG_CACHE_LINE == 0, "two shards share no line");

static size_t shards_for(size_t capacity_bytes, unsigned wanted)
{
    size_t shards = 1;
    while (shards < wanted && shards < MOST_SHARDS)
        shards *= 2;
    while (shards > 1 && capacity_bytes / shards < LEAST_SHARD_BYTES)
        shards /= 2;
    return shards;
}

struct og_cache *og_cache_new(size_t capacity_bytes, unsigned shards, struct og_buf_pool *pool)
{
    size_t count = shards_for(capacity_bytes, shards);
    struct og_cache *cache = aligned_alloc(OG_CACHE_LINE, sizeof *cache + count * sizeof cache->shard[0]);
    if (!cache)
        return NULL;
    *cache = (struct og_cache){.capacity = capacity_bytes, .pool = pool, .common.epoch = og_epoch_new()};
    bool made = cache->common.epoch && og_cache_index_init(&cache->common.index, capacity_bytes / BYTES_PER_WAY) &&
                og_cache_ghost_init(&cache->common.ghost, capacity_bytes / BYTES_PER_PRINT);
    while (made && cache->shards < count) {
        made = og_cache_shard_init(&cache->shard[cache->shards], &cache->common, capacity_bytes / count);
        cache->shards += made;
    }
    if (!made)
        og_cache_destroy(&cache);
    return cache;
}

struct og_buf *og_cache_get(struct og_cache *cache, unsigned seat, const struct og_key *key)
{
    struct og_buf *buf = NULL;
    og_epoch_enter(cache->common.epoch, seat);
    struct og_cache_entry *entry = og_cache_index_find(&cache->common.index, key);
    if (entry) {
        unsigned hits =
            atomic_load_explicit(&entry->hits, memory_order_relaxed); /* a hint: two hits may count as one */
        if (hits < OG_CACHE_MOST_HITS)
            atomic_store_explicit(&entry->hits, hits + 1, memory_order_relaxed); /* a hint */
        buf = og_buf_ref(entry->buf);
    }
    og_epoch_leave(cache->common.epoch, seat);
    return buf;
}

static bool has(struct og_cache *cache, unsigned seat, const struct og_key *key)
{
    og_epoch_enter(cache->common.epoch, seat);
    bool found = og_cache_index_find(&cache->common.index, key);
    og_epoch_leave(cache->common.epoch, seat);
    return found;
}

static size_t less(size_t a, size_t b)
{
    return a > b ? a - b : 0;
}

static size_t deferred(const struct og_cache *cache)
{
    return atomic_load_explicit(&cache->common.deferred, memory_order_relaxed); /* a number that steers */
}

static bool fits(const struct og_cache *cache)
{
    return less(og_buf_pool_bytes(cache->pool), deferred(cache)) <= cache->capacity;
}

/* What each shard may keep now, the tile included that costs so much and is about to be put. */
static size_t share_now(const struct og_cache *cache, size_t cost)
{
    size_t kept = atomic_load_explicit(&cache->common.kept, memory_order_relaxed); /* a number that steers */
    size_t outside = less(og_buf_pool_bytes(cache->pool), deferred(cache) + kept + cost);
    size_t room = less(cache->capacity, outside), least = cache->capacity / OUTSIDE_LEAVES;
    return (room > least ? room : least) / cache->shards;
}

/* Evicts from the tile's own shard until its share holds, then from the others until all that is out fits. */
static bool make_room(struct og_cache *cache, size_t own, size_t cost)
{
    size_t share = share_now(cache, cost);
    unsigned steps = 0;
    struct og_cache_shard *shard = &cache->shard[own];
    while (og_cache_shard_bytes(shard) + cost > share && steps++ < STEPS_MOST &&
           og_cache_shard_step(shard, steps > STEPS_PATIENT)) {
    }
    bool within = og_cache_shard_bytes(shard) + cost <= share;
    for (size_t turn = 1; turn < cache->shards && !fits(cache); turn++) {
        shard = &cache->shard[(own + turn) & (cache->shards - 1)];
        while (!fits(cache) && og_cache_shard_bytes(shard) > share && steps++ < STEPS_MOST &&
               og_cache_shard_step(shard, steps > STEPS_PATIENT)) {
        }
    }
    return within || fits(cache);
}

static bool keep(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf)
{
    size_t own = (key->hash >> SHARD_HASH_SHIFT) & (cache->shards - 1), cost = og_buf_pool_cost(buf);
    if (cost > cache->capacity || !og_buf_pool_owns(cache->pool, buf))
        return false;
    if (deferred(cache) > OG_CACHE_DEFERRED_BYTES / 2)
        og_epoch_reclaim(cache->common.epoch);
    if (deferred(cache) > OG_CACHE_DEFERRED_BYTES || !make_room(cache, own, cost))
        return false;
    struct og_cache_entry *entry = og_cache_shard_entry(&cache->shard[own], key, buf);
    return entry && og_cache_shard_keep(&cache->shard[own], seat, entry);
}

void og_cache_put(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf)
{
    if (has(cache, seat, key) || keep(cache, seat, key, buf))
        return;
    size_t own = (key->hash >> SHARD_HASH_SHIFT) & (cache->shards - 1);
    atomic_fetch_add_explicit(&cache->shard[own].refused, 1, memory_order_relaxed); /* only the number counts */
}

struct og_cache_counts og_cache_count(const struct og_cache *cache)
{
    struct og_cache_counts sum = {0};
    for (size_t i = 0; i < cache->shards; i++) {
        const struct og_cache_shard *shard = &cache->shard[i];
        sum.bytes += og_cache_shard_bytes(shard);
        sum.evicted += atomic_load_explicit(&shard->evicted, memory_order_relaxed);   /* a number for gauges */
        sum.inserted += atomic_load_explicit(&shard->inserted, memory_order_relaxed); /* a number for gauges */
        sum.refused += atomic_load_explicit(&shard->refused, memory_order_relaxed);   /* a number for gauges */
    }
    sum.entries = less(sum.inserted, sum.evicted);
    return sum;
}

void og_cache_destroy(struct og_cache **cache)
{
    if (!*cache)
        return;
    og_epoch_destroy(&(*cache)->common.epoch);
    for (size_t i = 0; i < (*cache)->shards; i++)
        og_cache_shard_fini(&(*cache)->shard[i]);
    og_cache_ghost_fini(&(*cache)->common.ghost);
    og_cache_index_fini(&(*cache)->common.index);
    free(*cache);
    *cache = NULL;
}
