/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "kitchen.h"
#include "support/threads.h"

enum { MEMBERS = 8, KEYS = 3000, LONGEST = 3000 };

struct bazaar {
    struct kitchen kitchen;
    size_t capacity;
};

/* Every buffer says whose it is, in each of its words. */
static struct og_buf *buf_for(struct og_buf_pool *pool, const struct og_key *key, size_t words)
{
    uint64_t stamped[LONGEST];
    for (size_t i = 0; i < words; i++)
        stamped[i] = key->hash + i;
    return og_buf_pool_copy(pool, stamped, words * sizeof *stamped);
}

static bool is_for(const struct og_key *key, const struct og_buf *buf)
{
    const uint64_t *words = (const void *)buf->data;
    for (size_t i = 0; i < buf->size / sizeof *words; i++)
        if (words[i] != key->hash + i)
            return false;
    return true;
}

static struct og_key some_key(struct og_member *member)
{
    uint32_t often = og_member_random(member) % KEYS, x = og_member_random(member) % (often + 1);
    return og_key_make(3, 1, 12, x, x / 2);
}

/*
 * Within a section a tile is looked at without a reference while the others evict it, and twice, so that the processor
 * may change hands between. The section is of a seat of its own: that of get must not nest in it.
 */
static void look_around(struct og_member *member, struct bazaar *bazaar)
{
    struct og_key key = some_key(member);
    og_epoch_enter(bazaar->kitchen.epoch, MEMBERS + member->index);
    struct og_buf *buf = og_cache_get(bazaar->kitchen.cache, member->index, &key), *own = buf;
    og_buf_unref(&own);
    if (buf && !is_for(&key, buf))
        og_member_fail(member, "tile %u was found with the bytes of another", key.x);
    if (og_member_random(member) % 32 == 0)
        sched_yield();
    if (buf && !is_for(&key, buf))
        og_member_fail(member, "tile %u changed while a section held it", key.x);
    og_epoch_leave(bazaar->kitchen.epoch, MEMBERS + member->index);
}

static void trade(struct og_member *member)
{
    struct bazaar *bazaar = member->shared;
    const size_t largest = LONGEST * sizeof(uint64_t) * 2 + OG_BUF_EXTRA_BYTES;
    const size_t most = bazaar->capacity + OG_CACHE_DEFERRED_BYTES + bazaar->capacity / 4 + 4 * MEMBERS * largest;
    struct og_buf *held = NULL;
    struct og_key held_key = {0};
    while (og_member_has_time(member)) {
        struct og_key key = some_key(member);
        struct og_buf *buf = og_cache_get(bazaar->kitchen.cache, member->index, &key);
        if (buf && !is_for(&key, buf))
            og_member_fail(member, "tile %u came with the bytes of another", key.x);
        if (!buf && (buf = buf_for(bazaar->kitchen.pool, &key, 1 + og_member_random(member) % LONGEST)) != NULL)
            og_cache_put(bazaar->kitchen.cache, member->index, &key, buf);
        if (held && !is_for(&held_key, held))
            og_member_fail(member, "tile %u changed while it was held", held_key.x);
        og_buf_unref(&held);
        held = buf;
        held_key = key;
        look_around(member, bazaar);
        if (og_buf_pool_bytes(bazaar->kitchen.pool) > most)
            og_member_fail(member, "more than %zu bytes are out", most);
    }
    og_buf_unref(&held);
}

static void expect_honest_trade(size_t capacity, unsigned shards)
{
    struct bazaar bazaar = {.kitchen = kitchen_open(capacity, shards), .capacity = capacity};
    assert_string_equal(og_crew_run(MEMBERS, trade, &bazaar).text, OG_AS_CLAIMED);
    struct og_cache_counts counts = counts_of(&bazaar.kitchen);
    assert_true(counts.bytes <= capacity);
    assert_int_equal(counts.entries, counts.inserted - counts.evicted);
    kitchen_close(&bazaar.kitchen);
}

static void gets_and_puts_keep_the_promises_in_a_tiny_cache(void **state)
{
    (void)state;
    expect_honest_trade(KIB * 64, 4);
}

static void gets_and_puts_keep_the_promises_over_many_shards(void **state)
{
    (void)state;
    expect_honest_trade(KIB * 16384, 4);
}

static void gets_and_puts_keep_the_promises_when_nothing_fits(void **state)
{
    (void)state;
    expect_honest_trade(100, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gets_and_puts_keep_the_promises_in_a_tiny_cache),
        cmocka_unit_test(gets_and_puts_keep_the_promises_over_many_shards),
        cmocka_unit_test(gets_and_puts_keep_the_promises_when_nothing_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
