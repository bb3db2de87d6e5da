/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_INDEX_H
#define OG_SYNC_CACHE_INDEX_H
/*
 * og_cache_index: from key to entry, set-associative: a bucket is one cache line of eight ways. A way is 0 or the
 * address of an entry with six bits of its key's hash in the low bits, which are free because entries are aligned.
 *
 * Threads:   find and insert inside a section of the epoch under which entries are retired; remove by the entry's
 * owner. Ownership: the index borrows entries. Edges: C1 insert releases an entry, C2 find and insert acquire it.
 * Progress:  find and remove are wait-free; insert tries a fixed number of times.
 * Errors:    init returns false when memory is out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cache_entry.h"

enum { OG_CACHE_WAYS = 8 };

struct og_cache_bucket {
    alignas(OG_CACHE_LINE) _Atomic uintptr_t way[OG_CACHE_WAYS];
};

struct og_cache_index {
    struct og_cache_bucket *buckets;
    size_t mask;
};

bool og_cache_index_init(struct og_cache_index *index, size_t ways); /* at least so many, at most twice as many */

struct og_cache_entry *og_cache_index_find(const struct og_cache_index *index, const struct og_key *key);

/*
 * False: the key is there already, or others were faster each time. In a full bucket the entry takes the way of the one
 * with the fewest hits, which its owner will find displaced.
 */
bool og_cache_index_insert(struct og_cache_index *index, struct og_cache_entry *entry);

bool og_cache_index_has(const struct og_cache_index *index, const struct og_cache_entry *entry);
void og_cache_index_remove(struct og_cache_index *index, const struct og_cache_entry *entry);

void og_cache_index_fini(struct og_cache_index *index);

#endif
