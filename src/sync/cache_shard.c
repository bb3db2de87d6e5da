/* SPDX-License-Identifier: MIT */
/*
 * S3-FIFO: Yang, Zhang, Qiu, Yue, Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023. Differences:
 * the queues are measured in bytes, and the ghost is a set-associative table whose buckets each forget their oldest.
 * Byte counts and numbers of events are relaxed: they steer, and publish nothing.
 */
#include "cache_shard.h"

#include <stdlib.h>

#include "sync/buf_pool.h"

enum {
    HITS_FOR_MAIN = 2,
    SMALL_SHARE = 10,      /* the small queue is kept at one part in ten */
    BYTES_PER_CELL = 4096, /* of a queue's ring, which has room for an entry for so much capacity */
    SPARES_MOST = 128,
};

static void count(_Atomic uint64_t *events)
{
    atomic_fetch_add_explicit(events, 1, memory_order_relaxed); /* see above */
}

static void add(atomic_size_t *bytes, size_t n)
{
    atomic_fetch_add_explicit(bytes, n, memory_order_relaxed); /* see above */
}

static void subtract(atomic_size_t *bytes, size_t n)
{
    atomic_fetch_sub_explicit(bytes, n, memory_order_relaxed); /* see above */
}

static size_t bytes_in(const struct og_cache_shard *shard, enum og_cache_place place)
{
    return atomic_load_explicit(&shard->bytes[place], memory_order_relaxed); /* see above */
}

bool og_cache_shard_init(struct og_cache_shard *shard, struct og_cache_common *common, size_t share_bytes)
{
    *shard = (struct og_cache_shard){.common = common, .spare = og_ring_new(SPARES_MOST)};
    for (unsigned place = 0; place < OG_CACHE_PLACES; place++)
        shard->queue[place] = og_ring_new(share_bytes / BYTES_PER_CELL);
    if (shard->spare && shard->queue[OG_CACHE_SMALL] && shard->queue[OG_CACHE_MAIN])
        return true;
    og_cache_shard_fini(shard);
    return false;
}

static void lay_aside(struct og_cache_entry *entry)
{
    og_buf_unref(&entry->buf);
    if (!og_ring_push(entry->shard->spare, entry))
        free(entry);
}

static void reclaim(struct og_retired *retired)
{
    struct og_cache_entry *entry =
        (struct og_cache_entry *)((char *)retired - offsetof(struct og_cache_entry, retired));
    og_buf_unref(&entry->buf);
    subtract(&entry->shard->common->deferred, entry->cost);
    lay_aside(entry);
}

static void unlink_and_retire(struct og_cache_shard *shard, struct og_cache_entry *entry)
{
    og_cache_index_remove(&shard->common->index, entry);
    add(&shard->common->deferred, entry->cost);
    subtract(&shard->common->kept, entry->cost);
    og_epoch_retire(shard->common->epoch, &entry->retired);
}

static bool enqueue(struct og_cache_shard *shard, struct og_cache_entry *entry, enum og_cache_place place)
{
    size_t cost = entry->cost; /* once pushed, the entry is the ring's */
    add(&shard->bytes[place], cost);
    if (og_ring_push_pointer(shard->queue[place], entry))
        return true;
    subtract(&shard->bytes[place], cost);
    return false;
}

static struct og_cache_entry *dequeue(struct og_cache_shard *shard, enum og_cache_place place)
{
    struct og_cache_entry *entry = og_ring_pop(shard->queue[place]);
    if (entry)
        subtract(&shard->bytes[place], entry->cost);
    return entry;
}

struct og_cache_entry *og_cache_shard_entry(struct og_cache_shard *shard, const struct og_key *key, struct og_buf *buf)
{
    struct og_cache_entry *entry = og_ring_pop(shard->spare);
    if (!entry)
        entry = aligned_alloc(alignof(struct og_cache_entry), sizeof *entry);
    if (!entry)
        return NULL;
    *entry = (struct og_cache_entry){
        .key = *key, .buf = og_buf_ref(buf), .cost = og_buf_pool_cost(buf), .retired.reclaim = reclaim, .shard = shard};
    return entry;
}

static void evict(struct og_cache_shard *shard, struct og_cache_entry *entry)
{
    count(&shard->evicted);
    unlink_and_retire(shard, entry);
}

/* Readers may add a hit in between, which is then lost. */
static bool move_to_main(struct og_cache_shard *shard, struct og_cache_entry *entry, unsigned hits)
{
    atomic_store_explicit(&entry->hits, hits, memory_order_relaxed); /* a hint */
    return enqueue(shard, entry, OG_CACHE_MAIN);
}

static bool advance(struct og_cache_shard *shard, enum og_cache_place place, bool force)
{
    struct og_cache_entry *entry = dequeue(shard, place);
    if (!entry)
        return false;
    unsigned hits = atomic_load_explicit(&entry->hits, memory_order_relaxed); /* a hint */
    bool there = og_cache_index_has(&shard->common->index, entry);
    if (place == OG_CACHE_MAIN) {
        if (force || !there || hits == 0 || !move_to_main(shard, entry, hits - 1))
            evict(shard, entry);
        return true;
    }
    if (!force && there && hits >= HITS_FOR_MAIN && move_to_main(shard, entry, 0))
        return true;
    if (there)
        og_cache_ghost_remember(&shard->common->ghost, entry->key.hash);
    evict(shard, entry);
    return true;
}

bool og_cache_shard_step(struct og_cache_shard *shard, bool force)
{
    size_t small = bytes_in(shard, OG_CACHE_SMALL), main = bytes_in(shard, OG_CACHE_MAIN);
    if (small > (small + main) / SMALL_SHARE)
        return advance(shard, OG_CACHE_SMALL, force) || advance(shard, OG_CACHE_MAIN, force);
    return advance(shard, OG_CACHE_MAIN, force) || advance(shard, OG_CACHE_SMALL, force);
}

/* A ring without room gives up its oldest: more tiles than cells, or a thread that is just leaving a cell. */
static bool enqueue_new(struct og_cache_shard *shard, struct og_cache_entry *entry, enum og_cache_place place)
{
    return enqueue(shard, entry, place) ||
           (advance(shard, place, place == OG_CACHE_MAIN) && enqueue(shard, entry, place));
}

bool og_cache_shard_keep(struct og_cache_shard *shard, unsigned seat, struct og_cache_entry *entry)
{
    struct og_cache_common *common = shard->common;
    enum og_cache_place place = og_cache_ghost_recall(&common->ghost, entry->key.hash) ? OG_CACHE_MAIN : OG_CACHE_SMALL;
    og_epoch_enter(common->epoch, seat);
    bool inserted = og_cache_index_insert(&common->index, entry);
    og_epoch_leave(common->epoch, seat);
    if (!inserted) {
        lay_aside(entry);
        return false;
    }
    add(&common->kept, entry->cost);
    if (!enqueue_new(shard, entry, place)) {
        unlink_and_retire(shard, entry);
        return false;
    }
    count(&shard->inserted);
    return true;
}

size_t og_cache_shard_bytes(const struct og_cache_shard *shard)
{
    return bytes_in(shard, OG_CACHE_SMALL) + bytes_in(shard, OG_CACHE_MAIN);
}

static void free_entries(struct og_ring **ring)
{
    struct og_cache_entry *entry;
    while (*ring && (entry = og_ring_pop(*ring))) {
        og_buf_unref(&entry->buf);
        free(entry);
    }
    og_ring_destroy(ring);
}

void og_cache_shard_fini(struct og_cache_shard *shard)
{
    for (unsigned place = 0; place < OG_CACHE_PLACES; place++)
        free_entries(&shard->queue[place]);
    free_entries(&shard->spare);
}
