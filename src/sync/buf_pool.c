/* SPDX-License-Identifier: MIT */
#include "sync/buf_pool.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sync/ring.h"

enum {
    LOWEST = 10, /* log2 of the smallest tier's bytes */
    DOUBLINGS = 9,
    TIERS = 4 * DOUBLINGS + 1,
    TIER_NONE = TIERS, /* larger than all: the allocator's own, but counted */
    TIER_IDLE_BYTES = 2 << 20,
    IDLE_LEAST = 8,
    LARGER = 2, /* tiers up that an empty one borrows from */
};

struct og_buf_pool {
    struct og_buf_home home; /* first: a buffer knows its pool by it */
    struct og_ring *idle[TIERS];
    alignas(64) atomic_size_t holders; /* the owner and every buffer that is out */
    alignas(64) atomic_size_t out;     /* bytes */
    alignas(64) atomic_size_t lying;   /* bytes that are idle, or about to be */
};

static size_t tier_bytes(unsigned tier)
{
    return tier == 0 ? (size_t)1 << LOWEST : (size_t)(5 + (tier - 1) % 4) << (LOWEST - 2 + (tier - 1) / 4);
}

static unsigned tier_of(size_t bytes)
{
    if (bytes <= (size_t)1 << LOWEST)
        return 0;
    unsigned doubling = 63 - (unsigned)__builtin_clzll(bytes - 1);
    return 4 * (doubling - LOWEST) + (unsigned)((bytes - 1) >> (doubling - 2) & 3) + 1;
}

/* A power of two, as a ring's capacity is. */
static size_t most_idle(unsigned tier)
{
    size_t most = IDLE_LEAST;
    while (2 * most * tier_bytes(tier) <= TIER_IDLE_BYTES)
        most *= 2;
    return most;
}

static void leave(struct og_buf_pool *pool)
{
    if (atomic_fetch_sub_explicit(&pool->holders, 1, memory_order_acq_rel) != 1) /* T1 pairs with T2 */
        return;
    for (unsigned tier = 0; tier < TIERS; tier++) {
        struct og_buf *buf;
        while (pool->idle[tier] && (buf = og_ring_pop(pool->idle[tier])))
            free(buf);
        og_ring_destroy(&pool->idle[tier]);
    }
    free(pool);
}

/* Adds to a sum that publishes nothing: no more than `most`, or nothing at all. */
static bool add_within(atomic_size_t *sum, size_t bytes, size_t most)
{
    if (atomic_fetch_add_explicit(sum, bytes, memory_order_relaxed) + bytes <= most)
        return true;
    atomic_fetch_sub_explicit(sum, bytes, memory_order_relaxed);
    return false;
}

static size_t bytes_of(const struct og_buf *buf)
{
    return buf->tier == TIER_NONE ? sizeof *buf + buf->size : tier_bytes(buf->tier);
}

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    struct og_buf_pool *pool = (struct og_buf_pool *)home;
    size_t bytes = bytes_of(buf);
    atomic_fetch_sub_explicit(&pool->out, bytes, memory_order_relaxed); /* only the sum counts */
    if (buf->tier == TIER_NONE || !add_within(&pool->lying, bytes, OG_BUF_POOL_IDLE_BYTES)) {
        free(buf);
    } else if (!og_ring_push(pool->idle[buf->tier], buf)) {
        atomic_fetch_sub_explicit(&pool->lying, bytes, memory_order_relaxed); /* only the sum counts */
        free(buf);
    }
    leave(pool);
}

struct og_buf_pool *og_buf_pool_new(void)
{
    struct og_buf_pool *pool = aligned_alloc(alignof(struct og_buf_pool), sizeof *pool);
    if (!pool)
        return NULL;
    memset(pool, 0, sizeof *pool);
    pool->home.take_back = take_back;
    atomic_init(&pool->holders, 1);
    for (unsigned tier = 0; tier < TIERS; tier++) {
        pool->idle[tier] = og_ring_new(most_idle(tier));
        if (!pool->idle[tier]) {
            leave(pool);
            return NULL;
        }
    }
    return pool;
}

/* Rather a little too large than a new one. */
static struct og_buf *take_idle(struct og_buf_pool *pool, unsigned tier)
{
    struct og_buf *buf = NULL;
    unsigned last = tier + LARGER < TIERS ? tier + LARGER : TIERS - 1;
    for (unsigned at = tier; at <= last && !buf; at++)
        buf = og_ring_pop(pool->idle[at]);
    if (!buf)
        return NULL;
    atomic_fetch_sub_explicit(&pool->lying, bytes_of(buf), memory_order_relaxed); /* only the sum counts */
    atomic_store_explicit(&buf->references, 1, memory_order_relaxed); /* the ring handed it over: nobody has it */
    return buf;
}

static struct og_buf *take(struct og_buf_pool *pool, size_t size)
{
    bool fits = size <= tier_bytes(TIERS - 1) - sizeof(struct og_buf);
    unsigned tier = fits ? tier_of(sizeof(struct og_buf) + size) : TIER_NONE;
    struct og_buf *buf = fits ? take_idle(pool, tier) : NULL;
    if (buf)
        return buf;
    buf = og_buf_new(fits ? tier_bytes(tier) - sizeof *buf : size);
    if (buf)
        buf->tier = tier;
    return buf;
}

struct og_buf *og_buf_pool_copy(struct og_buf_pool *pool, const void *data, size_t size)
{
    struct og_buf *buf = take(pool, size);
    if (!buf)
        return NULL;
    atomic_fetch_add_explicit(&pool->out, bytes_of(buf), memory_order_relaxed); /* only the sum counts */
    atomic_fetch_add_explicit(&pool->holders, 1, memory_order_relaxed);         /* the caller keeps the pool alive */
    buf->home = &pool->home;
    buf->size = size;
    memcpy(buf->data, data, size);
    return buf;
}

size_t og_buf_pool_bytes(const struct og_buf_pool *pool)
{
    return atomic_load_explicit(&pool->out, memory_order_relaxed); /* only the sum counts */
}

size_t og_buf_pool_idle(const struct og_buf_pool *pool)
{
    return atomic_load_explicit(&pool->lying, memory_order_relaxed); /* only the sum counts */
}

void og_buf_pool_destroy(struct og_buf_pool **pool)
{
    if (*pool)
        leave(*pool);
    *pool = NULL;
}
