/* SPDX-License-Identifier: MIT */
#include "cache_index.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

enum { TAG_SHIFT = 58, TAG_MASK = OG_CACHE_LINE - 1, TRIES = 8 };

static_assert(sizeof(struct og_cache_bucket) == OG_CACHE_LINE, "a bucket is one line");
static_assert(alignof(struct og_cache_entry) == TAG_MASK + 1, "the tag's bits are free in an entry's address");

static uintptr_t tag_of(const struct og_key *key)
{
    return (uintptr_t)(key->hash >> TAG_SHIFT);
}

static struct og_cache_entry *entry_of(uintptr_t word)
{
    return (struct og_cache_entry *)(word &
                                     ~(uintptr_t)TAG_MASK); /* allow: the address that word_of made the word of */
}

static uintptr_t word_of(const struct og_cache_entry *entry)
{
    return (uintptr_t)entry | tag_of(&entry->key);
}

static bool is_of(uintptr_t word, const struct og_key *key)
{
    return (word & TAG_MASK) == tag_of(key) && entry_of(word) && og_key_equal(&entry_of(word)->key, key);
}

static struct og_cache_bucket *bucket_of(const struct og_cache_index *index, const struct og_key *key)
{
    return &index->buckets[key->hash & index->mask];
}

bool og_cache_index_init(struct og_cache_index *index, size_t ways)
{
    size_t buckets = 1;
    while (buckets * OG_CACHE_WAYS < ways)
        buckets *= 2;
    index->mask = buckets - 1;
    index->buckets = aligned_alloc(OG_CACHE_LINE, buckets * sizeof *index->buckets);
    for (size_t i = 0; index->buckets && i < buckets; i++)
        for (unsigned way = 0; way < OG_CACHE_WAYS; way++)
            atomic_init(&index->buckets[i].way[way], 0);
    return index->buckets;
}

struct og_cache_entry *og_cache_index_find(const struct og_cache_index *index, const struct og_key *key)
{
    struct og_cache_bucket *bucket = bucket_of(index, key);
    for (unsigned way = 0; way < OG_CACHE_WAYS; way++) {
        uintptr_t word = atomic_load_explicit(&bucket->way[way], memory_order_acquire); /* C2: pairs with C1 */
        if (is_of(word, key))
            return entry_of(word);
    }
    return NULL;
}

struct choice {
    bool there; /* already */
    unsigned way;
    uintptr_t word; /* in that way; 0: it is free */
};

/* The first free way, else that of the entry with the fewest hits. */
static struct choice choose(struct og_cache_bucket *bucket, const struct og_key *key)
{
    struct choice choice = {.way = OG_CACHE_WAYS};
    unsigned fewest = UINT_MAX;
    for (unsigned way = 0; way < OG_CACHE_WAYS; way++) {
        uintptr_t word = atomic_load_explicit(&bucket->way[way], memory_order_acquire); /* C2: pairs with C1 */
        if (is_of(word, key))
            return (struct choice){.there = true};
        unsigned hits = 0;
        if (word) /* a hint; below a free way, which counts as 0, lies nothing */
            hits = 1 + atomic_load_explicit(&entry_of(word)->hits, memory_order_relaxed);
        if (hits < fewest) {
            fewest = hits;
            choice = (struct choice){.way = way, .word = word};
        }
    }
    return choice;
}

bool og_cache_index_insert(struct og_cache_index *index, struct og_cache_entry *entry)
{
    struct og_cache_bucket *bucket = bucket_of(index, &entry->key);
    for (unsigned i = 0; i < TRIES; i++) {
        struct choice choice = choose(bucket, &entry->key);
        if (choice.there)
            return false;
        entry->way = choice.way;
        if (atomic_compare_exchange_strong_explicit(&bucket->way[choice.way], &choice.word, word_of(entry),
                                                    memory_order_release, memory_order_relaxed)) /* C1: pairs with C2 */
            return true;
    }
    return false;
}

bool og_cache_index_has(const struct og_cache_index *index, const struct og_cache_entry *entry)
{
    uintptr_t word =
        atomic_load_explicit(&bucket_of(index, &entry->key)->way[entry->way], memory_order_relaxed); /* only compared */
    return word == word_of(entry);
}

void og_cache_index_remove(struct og_cache_index *index, const struct og_cache_entry *entry)
{
    uintptr_t word = word_of(entry);
    atomic_compare_exchange_strong_explicit(&bucket_of(index, &entry->key)->way[entry->way], &word, 0,
                                            memory_order_relaxed,
                                            memory_order_relaxed); /* E1 of its retiring follows */
}

void og_cache_index_fini(struct og_cache_index *index)
{
    free(index->buckets);
}
