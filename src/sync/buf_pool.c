/* SPDX-License-Identifier: MIT */
#include "sync/buf_pool.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "sync/ring.h"

enum {
    LOWEST = 10, /* log2 of the smallest tier's bytes */
    DOUBLINGS = 9,
    TIERS = 4 * DOUBLINGS + 1,
    NO_TIER = TIERS, /* of a buffer that goes back to the allocator */
    IDLE_BYTES = 2 << 20,
    IDLE_LEAST = 8,
    LARGER = 2, /* tiers up that an empty one borrows from */
    OWNER = 1,
    CACHE_LINE = 64,
};

struct og_buf_pool {
    /* immutable after new */
    struct og_buf_home home; /* first: a buffer knows its pool by it */
    struct og_ring *idle[TIERS];
    /* shared: atomic */
    alignas(CACHE_LINE) atomic_size_t held; /* the account, and OWNER while the owner has not left */
    alignas(CACHE_LINE) atomic_size_t idle_bytes;
    atomic_uint turn; /* the tier that makes room next */
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
    while (2 * most * tier_bytes(tier) <= IDLE_BYTES)
        most *= 2;
    return most;
}

static struct og_buf *pop_idle(struct og_buf_pool *pool, unsigned tier)
{
    struct og_buf *buf = og_ring_pop(pool->idle[tier]);
    if (buf) /* only the number counts */
        atomic_fetch_sub_explicit(&pool->idle_bytes, og_buf_cost(buf), memory_order_relaxed);
    return buf;
}

static void leave(struct og_buf_pool *pool, size_t held)
{
    if (atomic_fetch_sub_explicit(&pool->held, held, memory_order_acq_rel) != held) /* T1 pairs with T2 */
        return;
    for (unsigned tier = 0; tier < TIERS; tier++) {
        struct og_buf *buf;
        while (pool->idle[tier] && (buf = pop_idle(pool, tier)))
            free(buf);
        og_ring_destroy(&pool->idle[tier]);
    }
    free(pool);
}

/* Every tier has its turn, so that buffers of sizes that nobody wants any more do not keep the others out. */
static void make_room(struct og_buf_pool *pool)
{
    for (unsigned i = 0; i < TIERS && og_buf_pool_idle(pool) > OG_BUF_POOL_IDLE_BYTES; i++)
        free(pop_idle(pool, atomic_fetch_add_explicit(&pool->turn, 1, memory_order_relaxed) % TIERS)); /* a number */
}

static void lay_down(struct og_buf_pool *pool, struct og_buf *buf)
{
    size_t cost = og_buf_cost(buf);
    atomic_fetch_add_explicit(&pool->idle_bytes, cost, memory_order_relaxed); /* only the number counts */
    make_room(pool);
    if (og_buf_pool_idle(pool) <= OG_BUF_POOL_IDLE_BYTES && og_ring_push(pool->idle[buf->tier], buf))
        return;
    atomic_fetch_sub_explicit(&pool->idle_bytes, cost, memory_order_relaxed); /* only the number counts */
    free(buf);
}

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    struct og_buf_pool *pool = (struct og_buf_pool *)home;
    size_t cost = og_buf_pool_cost(buf);
    if (buf->tier == NO_TIER)
        free(buf);
    else
        lay_down(pool, buf);
    leave(pool, cost);
}

struct og_buf_pool *og_buf_pool_new(void)
{
    struct og_buf_pool *pool = aligned_alloc(CACHE_LINE, sizeof *pool);
    if (!pool)
        return NULL;
    *pool = (struct og_buf_pool){.home.take_back = take_back};
    atomic_init(&pool->held, OWNER);
    for (unsigned tier = 0; tier < TIERS; tier++) {
        pool->idle[tier] = og_ring_new(most_idle(tier));
        if (!pool->idle[tier]) {
            leave(pool, OWNER);
            return NULL;
        }
    }
    return pool;
}

/* Rather a little too large than a new one. */
static struct og_buf *take(struct og_buf_pool *pool, unsigned tier)
{
    struct og_buf *buf = NULL;
    unsigned last = tier + LARGER < TIERS ? tier + LARGER : TIERS - 1;
    for (unsigned at = tier; at <= last && !buf; at++)
        buf = pop_idle(pool, at);
    if (buf) {
        atomic_store_explicit(&buf->references, 1, memory_order_relaxed); /* the ring handed it over: nobody has it */
        return buf;
    }
    buf = og_buf_new(tier_bytes(tier) - sizeof *buf);
    if (buf)
        buf->tier = tier;
    return buf;
}

static void go_out(struct og_buf_pool *pool, struct og_buf *buf)
{
    buf->home = &pool->home;
    atomic_fetch_add_explicit(&pool->held, og_buf_pool_cost(buf), memory_order_relaxed); /* the caller holds the pool */
}

struct og_buf *og_buf_pool_copy(struct og_buf_pool *pool, const void *data, size_t size)
{
    struct og_buf *buf;
    if (size > tier_bytes(TIERS - 1) - sizeof *buf) {
        buf = og_buf_copy(data, size);
        if (buf)
            og_buf_pool_adopt(pool, buf);
        return buf;
    }
    buf = take(pool, tier_of(sizeof *buf + size));
    if (!buf)
        return NULL;
    buf->size = size;
    memcpy(buf->data, data, size);
    go_out(pool, buf);
    return buf;
}

void og_buf_pool_adopt(struct og_buf_pool *pool, struct og_buf *buf)
{
    buf->tier = NO_TIER;
    go_out(pool, buf);
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
    return atomic_load_explicit(&pool->held, memory_order_relaxed) - OWNER; /* only the number counts */
}

size_t og_buf_pool_idle(const struct og_buf_pool *pool)
{
    return atomic_load_explicit(&pool->idle_bytes, memory_order_relaxed); /* only the number counts */
}

void og_buf_pool_destroy(struct og_buf_pool **pool)
{
    if (*pool)
        leave(*pool, OWNER);
    *pool = NULL;
}
