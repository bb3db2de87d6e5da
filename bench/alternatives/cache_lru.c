/* SPDX-License-Identifier: MIT */
/* In the place of sync/cache.h: one mutex over one hash table, and the least recently used goes first. */
#include "sync/cache.h"

#include <pthread.h>
#include <stdlib.h>

enum { BYTES_PER_BUCKET = 8192 };

struct entry {
    struct og_key key;
    struct og_buf *buf;
    size_t cost;
    struct entry *chain, *newer, *older;
};

struct og_cache {
    pthread_mutex_t lock;
    struct entry **bucket, *newest, *oldest;
    size_t buckets, capacity;
    struct og_cache_counts counts;
};

struct og_cache *og_cache_new(size_t capacity_bytes, unsigned shards, struct og_buf_pool *pool)
{
    (void)shards, (void)pool;
    struct og_cache *cache = calloc(1, sizeof *cache);
    if (!cache)
        return NULL;
    cache->capacity = capacity_bytes;
    cache->buckets = capacity_bytes / BYTES_PER_BUCKET + 1;
    cache->bucket = calloc(cache->buckets, sizeof(struct entry *));
    pthread_mutex_init(&cache->lock, NULL);
    if (!cache->bucket)
        og_cache_destroy(&cache);
    return cache;
}

static struct entry **find(struct og_cache *cache, const struct og_key *key)
{
    struct entry **at = &cache->bucket[key->hash % cache->buckets];
    while (*at && !og_key_equal(&(*at)->key, key))
        at = &(*at)->chain;
    return at;
}

static void unlink_entry(struct og_cache *cache, struct entry *entry)
{
    *(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
    *(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct og_cache *cache, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = cache->newest;
    *(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
    cache->newest = entry;
}

static void drop(struct og_cache *cache, struct entry **at)
{
    struct entry *entry = *at;
    *at = entry->chain;
    unlink_entry(cache, entry);
    cache->counts.bytes -= entry->cost;
    cache->counts.entries--;
    og_buf_unref(&entry->buf);
    free(entry);
}

struct og_buf *og_cache_get(struct og_cache *cache, unsigned seat, const struct og_key *key)
{
    (void)seat;
    pthread_mutex_lock(&cache->lock);
    struct entry *entry = *find(cache, key);
    struct og_buf *buf = entry ? og_buf_ref(entry->buf) : NULL;
    if (entry) {
        unlink_entry(cache, entry);
        link_newest(cache, entry);
    }
    pthread_mutex_unlock(&cache->lock);
    return buf;
}

void og_cache_put(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf)
{
    (void)seat;
    size_t cost = og_buf_pool_cost(buf);
    struct entry *entry = cost <= cache->capacity ? malloc(sizeof *entry) : NULL;
    if (!entry)
        return;
    *entry = (struct entry){.key = *key, .buf = og_buf_ref(buf), .cost = cost};
    pthread_mutex_lock(&cache->lock);
    struct entry **at = find(cache, key);
    if (*at)
        drop(cache, at);
    while (cache->counts.bytes + cost > cache->capacity) {
        drop(cache, find(cache, &cache->oldest->key));
        cache->counts.evicted++;
    }
    at = &cache->bucket[key->hash % cache->buckets];
    entry->chain = *at;
    *at = entry;
    link_newest(cache, entry);
    cache->counts.bytes += cost;
    cache->counts.entries++;
    cache->counts.inserted++;
    pthread_mutex_unlock(&cache->lock);
}

struct og_cache_counts og_cache_count(const struct og_cache *cache)
{
    struct og_cache *locked = (struct og_cache *)cache;
    pthread_mutex_lock(&locked->lock);
    struct og_cache_counts counts = cache->counts;
    pthread_mutex_unlock(&locked->lock);
    return counts;
}

void og_cache_destroy(struct og_cache **cache)
{
    if (!*cache)
        return;
    while ((*cache)->oldest)
        drop(*cache, find(*cache, &(*cache)->oldest->key));
    pthread_mutex_destroy(&(*cache)->lock);
    free((*cache)->bucket);
    free(*cache);
    *cache = NULL;
}
