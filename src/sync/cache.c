/* SPDX-License-Identifier: MIT */
#include "sync/cache.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdlib.h>

#include "cache_shard.h"

enum { CACHE_LINE = 64, LEAST_SHARD_BYTES = 5 << 20, SHARD_HASH_SHIFT = 48, MOST_SHARDS = 1 << 16 };

struct locked_shard {
    /* shared */
    alignas(CACHE_LINE) pthread_mutex_t lock;
    /* owned by the holder of lock */
    struct og_cache_shard shard;
};

struct og_cache {
    /* immutable after new */
    size_t shards;
    struct locked_shard slots[];
};

static_assert(sizeof(struct locked_shard) % CACHE_LINE == 0, "two shards share no line");

static struct locked_shard *slot_of(struct og_cache *cache, const struct og_key *key)
{
    return &cache->slots[(key->hash >> SHARD_HASH_SHIFT) & (cache->shards - 1)];
}

static size_t shards_for(size_t capacity_bytes, unsigned wanted)
{
    size_t shards = 1;
    while (shards < wanted && shards < MOST_SHARDS)
        shards *= 2;
    while (shards > 1 && capacity_bytes / shards < LEAST_SHARD_BYTES)
        shards /= 2;
    return shards;
}

struct og_cache *og_cache_new(size_t capacity_bytes, unsigned shards)
{
    size_t count = shards_for(capacity_bytes, shards);
    struct og_cache *cache = aligned_alloc(CACHE_LINE, sizeof *cache + count * sizeof(struct locked_shard));
    if (!cache)
        return NULL;
    for (cache->shards = 0; cache->shards < count; cache->shards++) {
        struct locked_shard *slot = &cache->slots[cache->shards];
        if (!og_cache_shard_init(&slot->shard, capacity_bytes / count))
            goto fail_shard;
        pthread_mutex_init(&slot->lock, NULL);
    }
    return cache;

fail_shard:
    og_cache_destroy(&cache);
    return NULL;
}

struct og_buf *og_cache_get(struct og_cache *cache, const struct og_key *key)
{
    struct locked_shard *slot = slot_of(cache, key);
    pthread_mutex_lock(&slot->lock); /* C2: pairs with C1 */
    struct og_buf *buf = og_cache_shard_get(&slot->shard, key);
    pthread_mutex_unlock(&slot->lock); /* C1: pairs with C2 */
    return buf;
}

void og_cache_put(struct og_cache *cache, const struct og_key *key, struct og_buf *buf)
{
    struct locked_shard *slot = slot_of(cache, key);
    pthread_mutex_lock(&slot->lock); /* C2: pairs with C1 */
    og_cache_shard_put(&slot->shard, key, buf);
    pthread_mutex_unlock(&slot->lock); /* C1: pairs with C2 */
}

struct og_cache_counts og_cache_count(struct og_cache *cache)
{
    struct og_cache_counts sum = {0};
    for (size_t i = 0; i < cache->shards; i++) {
        struct locked_shard *slot = &cache->slots[i];
        pthread_mutex_lock(&slot->lock); /* C2: pairs with C1 */
        struct og_cache_counts one = slot->shard.counts;
        pthread_mutex_unlock(&slot->lock); /* C1: pairs with C2 */
        sum.entries += one.entries;
        sum.bytes += one.bytes;
        sum.inserted += one.inserted;
        sum.evicted += one.evicted;
        sum.refused += one.refused;
    }
    return sum;
}

void og_cache_destroy(struct og_cache **cache)
{
    if (!*cache)
        return;
    for (size_t i = 0; i < (*cache)->shards; i++) {
        pthread_mutex_destroy(&(*cache)->slots[i].lock);
        og_cache_shard_fini(&(*cache)->slots[i].shard);
    }
    free(*cache);
    *cache = NULL;
}
