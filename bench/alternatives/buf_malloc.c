/* SPDX-License-Identifier: MIT */
/* In the place of sync/buf_pool.h: each encoded tile is allocated, and freed; what is out is counted all the same. */
#include <stdlib.h>

#include "sync/buf_pool.h"

struct og_buf_pool {
    struct og_buf_home home; /* first */
    atomic_size_t held;
};

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    struct og_buf_pool *pool = (struct og_buf_pool *)home;
    atomic_fetch_sub_explicit(&pool->held, og_buf_pool_cost(buf), memory_order_relaxed); /* only the number counts */
    free(buf);
}

struct og_buf_pool *og_buf_pool_new(void)
{
    struct og_buf_pool *pool = calloc(1, sizeof *pool);
    if (pool)
        pool->home.take_back = take_back;
    return pool;
}

void og_buf_pool_adopt(struct og_buf_pool *pool, struct og_buf *buf)
{
    buf->home = &pool->home;
    atomic_fetch_add_explicit(&pool->held, og_buf_pool_cost(buf), memory_order_relaxed); /* only the number counts */
}

struct og_buf *og_buf_pool_copy(struct og_buf_pool *pool, const void *data, size_t size)
{
    struct og_buf *buf = og_buf_copy(data, size);
    if (buf)
        og_buf_pool_adopt(pool, buf);
    return buf;
}

bool og_buf_pool_owns(const struct og_buf_pool *pool, const struct og_buf *buf)
{
    return buf->home == &pool->home;
}

size_t og_buf_pool_cost(const struct og_buf *buf)
{
    return og_buf_cost(buf) + OG_BUF_EXTRA_BYTES;
}

size_t og_buf_pool_bytes(const struct og_buf_pool *pool)
{
    return atomic_load_explicit(&pool->held, memory_order_relaxed); /* only the number counts */
}

size_t og_buf_pool_idle(const struct og_buf_pool *pool)
{
    (void)pool;
    return 0;
}

void og_buf_pool_destroy(struct og_buf_pool **pool)
{
    free(*pool);
    *pool = NULL;
}
