/* SPDX-License-Identifier: MIT */
/*
 * S3-FIFO: Yang, Zhang, Qiu, Yue, Rashmi, "FIFO queues are all you need for cache eviction", SOSP 2023. Differences:
 * the queues are measured in bytes, and the ghost is a set-associative table whose buckets each forget their oldest.
 */
#include "cache_shard.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_HITS = 3,
    HITS_FOR_MAIN = 2,
    SMALL_SHARE = 10,       /* the small queue is kept at one part in ten */
    BYTES_PER_INDEX = 4096, /* one bucket of the index for so much capacity */
    BYTES_PER_GHOST = 8192, /* one remembered fingerprint for so much capacity */
    SPARES_MOST = 64,
    GHOST_WAYS = sizeof(struct og_cache_ghost) / sizeof(uint32_t),
};

static size_t power_of_two(size_t least)
{
    size_t n = 16;
    while (n < least)
        n *= 2;
    return n;
}

static struct og_cache_entry **bucket_of(const struct og_cache_shard *shard, const struct og_key *key)
{
    return &shard->index[key->hash & shard->index_mask];
}

static struct og_cache_entry *find(const struct og_cache_shard *shard, const struct og_key *key)
{
    struct og_cache_entry *entry = *bucket_of(shard, key);
    while (entry && !og_key_equal(&entry->key, key))
        entry = entry->chain;
    return entry;
}

static void enqueue(struct og_cache_shard *shard, struct og_cache_entry *entry, enum og_cache_place place)
{
    struct og_cache_queue *queue = &shard->queues[place];
    entry->place = place;
    entry->newer = NULL;
    entry->older = queue->newest;
    *(queue->newest ? &queue->newest->newer : &queue->oldest) = entry;
    queue->newest = entry;
    queue->bytes += entry->cost;
}

static void dequeue(struct og_cache_shard *shard, struct og_cache_entry *entry)
{
    struct og_cache_queue *queue = &shard->queues[entry->place];
    *(entry->newer ? &entry->newer->older : &queue->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &queue->oldest) = entry->newer;
    queue->bytes -= entry->cost;
}

static void insert(struct og_cache_shard *shard, struct og_cache_entry *entry, enum og_cache_place place)
{
    struct og_cache_entry **bucket = bucket_of(shard, &entry->key);
    entry->chain = *bucket;
    *bucket = entry;
    enqueue(shard, entry, place);
    shard->counts.entries++;
    shard->counts.bytes += entry->cost;
}

static void drop(struct og_cache_shard *shard, struct og_cache_entry *entry)
{
    struct og_cache_entry **link = bucket_of(shard, &entry->key);
    while (*link != entry)
        link = &(*link)->chain;
    *link = entry->chain;
    dequeue(shard, entry);
    shard->counts.entries--;
    shard->counts.bytes -= entry->cost;
    og_buf_unref(&entry->buf);
    if (shard->spares >= SPARES_MOST) {
        free(entry);
        return;
    }
    entry->older = shard->spare;
    shard->spare = entry;
    shard->spares++;
}

static uint32_t fingerprint(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static void ghost_remember(struct og_cache_shard *shard, uint64_t hash)
{
    uint32_t *prints = shard->ghosts[hash & shard->ghost_mask].newest_first;
    memmove(prints + 1, prints, (GHOST_WAYS - 1) * sizeof *prints);
    prints[0] = fingerprint(hash);
}

static bool ghost_recall(struct og_cache_shard *shard, uint64_t hash)
{
    uint32_t *prints = shard->ghosts[hash & shard->ghost_mask].newest_first;
    for (size_t i = 0; i < GHOST_WAYS; i++) {
        if (prints[i] != fingerprint(hash))
            continue;
        memmove(prints + i, prints + i + 1, (GHOST_WAYS - 1 - i) * sizeof *prints);
        prints[GHOST_WAYS - 1] = 0;
        return true;
    }
    return false;
}

static void advance_small(struct og_cache_shard *shard)
{
    struct og_cache_entry *entry = shard->queues[OG_CACHE_SMALL].oldest;
    if (entry->hits >= HITS_FOR_MAIN) {
        dequeue(shard, entry);
        entry->hits = 0;
        enqueue(shard, entry, OG_CACHE_MAIN);
        return;
    }
    ghost_remember(shard, entry->key.hash);
    drop(shard, entry);
    shard->counts.evicted++;
}

static void advance_main(struct og_cache_shard *shard)
{
    struct og_cache_entry *entry = shard->queues[OG_CACHE_MAIN].oldest;
    if (entry->hits > 0) {
        dequeue(shard, entry);
        entry->hits--;
        enqueue(shard, entry, OG_CACHE_MAIN);
        return;
    }
    drop(shard, entry);
    shard->counts.evicted++;
}

static void make_room(struct og_cache_shard *shard, size_t cost)
{
    const struct og_cache_queue *small = &shard->queues[OG_CACHE_SMALL], *main = &shard->queues[OG_CACHE_MAIN];
    while (shard->counts.bytes > shard->limit - cost) {
        if (small->bytes > shard->limit / SMALL_SHARE || !main->oldest)
            advance_small(shard);
        else
            advance_main(shard);
    }
}

static struct og_cache_entry *entry_new(struct og_cache_shard *shard)
{
    struct og_cache_entry *entry = shard->spare;
    if (!entry)
        return malloc(sizeof *entry);
    shard->spare = entry->older;
    shard->spares--;
    return entry;
}

bool og_cache_shard_init(struct og_cache_shard *shard, size_t limit)
{
    size_t buckets = power_of_two(limit / BYTES_PER_INDEX);
    size_t ghosts = power_of_two(limit / BYTES_PER_GHOST / GHOST_WAYS);
    *shard = (struct og_cache_shard){.limit = limit, .index_mask = buckets - 1, .ghost_mask = ghosts - 1};
    shard->index = calloc(buckets, sizeof(struct og_cache_entry *));
    if (!shard->index)
        goto fail_index;
    shard->ghosts = calloc(ghosts, sizeof *shard->ghosts);
    if (!shard->ghosts)
        goto fail_ghosts;
    return true;

fail_ghosts:
    free(shard->index);
fail_index:
    return false;
}

struct og_buf *og_cache_shard_get(struct og_cache_shard *shard, const struct og_key *key)
{
    struct og_cache_entry *entry = find(shard, key);
    if (!entry)
        return NULL;
    if (entry->hits < MOST_HITS)
        entry->hits++;
    return og_buf_ref(entry->buf);
}

void og_cache_shard_put(struct og_cache_shard *shard, const struct og_key *key, struct og_buf *buf)
{
    struct og_cache_entry *entry = entry_new(shard);
    size_t cost = entry ? malloc_usable_size(entry) + og_buf_cost(buf) : 0;
    if (!entry || cost > shard->limit) {
        free(entry);
        shard->counts.refused++;
        return;
    }
    *entry = (struct og_cache_entry){.key = *key, .buf = og_buf_ref(buf), .cost = cost};
    struct og_cache_entry *old = find(shard, key);
    enum og_cache_place place = OG_CACHE_SMALL;
    if (old) {
        place = old->place;
        entry->hits = old->hits;
        drop(shard, old);
    } else if (ghost_recall(shard, key->hash)) {
        place = OG_CACHE_MAIN;
    }
    make_room(shard, cost);
    insert(shard, entry, place);
    shard->counts.inserted++;
}

static void free_entries(struct og_cache_entry *list)
{
    while (list) {
        struct og_cache_entry *entry = list;
        list = entry->older;
        og_buf_unref(&entry->buf);
        free(entry);
    }
}

void og_cache_shard_fini(struct og_cache_shard *shard)
{
    for (int place = 0; place < OG_CACHE_PLACES; place++)
        free_entries(shard->queues[place].newest);
    free_entries(shard->spare);
    free(shard->ghosts);
    free(shard->index);
}
