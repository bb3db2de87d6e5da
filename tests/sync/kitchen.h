/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_KITCHEN_H
#define OG_TESTS_KITCHEN_H
/*
 * A cache and its pool, and tiles by number: what the tests of the cache have in common.
 *
 * Threads:   the test's own. Ownership: open returns owned parts; tile_of an owned buffer. Errors: assertions.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sync/cache.h"
#include "sync/epoch.h"

#define KIB            ((size_t)1024)
#define MIB            (1024 * KIB)
#define TILE           (16 * KIB)
#define TILES_THAT_FIT ((uint32_t)(MIB / TILE))

enum { SEAT = 0 };

struct kitchen {
    struct og_buf_pool *pool;
    struct og_cache *cache;
    struct og_epoch *epoch; /* the cache's own: a section that a test enters is one of a reader that is slow in get */
};

struct kitchen kitchen_open(size_t capacity, unsigned shards);
void kitchen_close(struct kitchen *kitchen); /* every buffer must have been let go; the cache may be gone already */

struct og_cache_counts counts_of(const struct kitchen *kitchen);
struct og_key key_of(uint32_t x);
struct og_buf *tile_of(const struct kitchen *kitchen, uint32_t x, size_t size);
void put_tile(struct kitchen *kitchen, uint32_t x, size_t size);
void put_tiles(struct kitchen *kitchen, uint32_t first, uint32_t end);
bool has_tile(struct kitchen *kitchen, uint32_t x);
unsigned references(const struct og_buf *buf);

#endif
