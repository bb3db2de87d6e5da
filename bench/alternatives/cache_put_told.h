/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_CACHE_PUT_TOLD_H
#define OG_BENCH_CACHE_PUT_TOLD_H
/*
 * What bench/tier.c defines for cache_put_told.c, which calls it for each tile that is put into the cache.
 *
 * Threads:   any.
 * Ownership: borrows both.
 * Errors:    none.
 */
#include "sync/cache.h"

void tile_was_made(const struct og_key *key, const struct og_buf *buf);

#endif
