/* SPDX-License-Identifier: MIT */
#include "kitchen.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <string.h>

/* The cache of these tests is compiled with this in the place of og_epoch_new. */
struct og_epoch *kitchen_epoch_new(void);
static struct og_epoch *last_epoch;

struct og_epoch *kitchen_epoch_new(void)
{
    return last_epoch = og_epoch_new();
}

struct kitchen kitchen_open(size_t capacity, unsigned shards)
{
    struct kitchen kitchen = {.pool = og_buf_pool_new()};
    kitchen.cache = og_cache_new(capacity, shards, kitchen.pool);
    assert_non_null(kitchen.cache);
    kitchen.epoch = last_epoch;
    return kitchen;
}

void kitchen_close(struct kitchen *kitchen)
{
    og_cache_destroy(&kitchen->cache);
    assert_null(kitchen->cache);
    assert_int_equal(og_buf_pool_bytes(kitchen->pool), 0);
    og_buf_pool_destroy(&kitchen->pool);
}

struct og_cache_counts counts_of(const struct kitchen *kitchen)
{
    return og_cache_count(kitchen->cache);
}

struct og_key key_of(uint32_t x)
{
    return og_key_make(1, 1, 10, x, 0);
}

struct og_buf *tile_of(const struct kitchen *kitchen, uint32_t x, size_t size)
{
    static uint8_t bytes[4 * MIB];
    assert_true(size <= sizeof bytes);
    memset(bytes, (int)(x & 0xff), size);
    struct og_buf *buf = og_buf_pool_copy(kitchen->pool, bytes, size);
    assert_non_null(buf);
    return buf;
}

void put_tile(struct kitchen *kitchen, uint32_t x, size_t size)
{
    struct og_key key = key_of(x);
    struct og_buf *buf = tile_of(kitchen, x, size);
    og_cache_put(kitchen->cache, SEAT, &key, buf);
    og_buf_unref(&buf);
}

bool has_tile(struct kitchen *kitchen, uint32_t x)
{
    struct og_key key = key_of(x);
    struct og_buf *buf = og_cache_get(kitchen->cache, SEAT, &key);
    bool found = buf;
    if (found && buf->size)
        assert_int_equal(buf->data[buf->size - 1], x & 0xff);
    og_buf_unref(&buf);
    return found;
}

unsigned references(const struct og_buf *buf)
{
    return atomic_load_explicit(&buf->references, memory_order_relaxed);
}

void put_tiles(struct kitchen *kitchen, uint32_t first, uint32_t end)
{
    for (uint32_t x = first; x < end; x++)
        put_tile(kitchen, x, TILE);
}
