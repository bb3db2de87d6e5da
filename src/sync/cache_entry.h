/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_CACHE_ENTRY_H
#define OG_SYNC_CACHE_ENTRY_H
/*
 * og_cache_entry: one kept tile. Two lines: one that readers look at, one for whoever puts and evicts.
 *
 * Threads:   key and buf do not change while a reader may look; hits is shared; the rest belongs to the entry's owner,
 *            which is the ring that it lies in or the one thread that took it from there or is about to push it.
 * Ownership: one reference to buf, until the entry is reclaimed.
 * Errors:    none.
 */
#include <stdalign.h>
#include <stdatomic.h>

#include "base/buf.h"
#include "base/key.h"
#include "sync/epoch.h"

enum { OG_CACHE_LINE = 64, OG_CACHE_MOST_HITS = 3 };

struct og_cache_shard;

struct og_cache_entry {
    /* read by everybody */
    alignas(OG_CACHE_LINE) struct og_key key;
    struct og_buf *buf;
    atomic_uint hits; /* 0 to 3; a lost one does not matter */
    /* the owner's */
    unsigned way; /* of its bucket: where the index has it, unless it was displaced */
    size_t cost;
    /* the epoch's, once retired */
    alignas(OG_CACHE_LINE) struct og_retired retired;
    struct og_cache_shard *shard;
};

#endif
