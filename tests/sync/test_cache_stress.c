/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/threads.h"
#include "sync/cache.h"

#define KIB ((size_t)1024)
enum { MEMBERS = 8, KEYS = 400, LONGEST = 3000 };

struct bazaar {
    struct og_cache *cache;
    size_t capacity;
};

/* Every buffer says whose it is, in each of its words. */
static struct og_buf *buf_for(const struct og_key *key, size_t words)
{
    struct og_buf *buf = og_buf_new(words * sizeof key->hash);
    for (size_t i = 0; buf && i < words; i++)
        ((uint64_t *)(void *)buf->data)[i] = key->hash + i;
    return buf;
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

static void trade(struct og_member *member)
{
    struct bazaar *bazaar = member->shared;
    struct og_buf *held = NULL;
    struct og_key held_key = {0};
    while (og_member_has_time(member)) {
        struct og_key key = some_key(member);
        struct og_buf *buf = og_cache_get(bazaar->cache, &key);
        if (buf && !is_for(&key, buf))
            og_member_fail(member, "tile %u came with the bytes of another", key.x);
        if (!buf && (buf = buf_for(&key, 1 + og_member_random(member) % LONGEST)) != NULL)
            og_cache_put(bazaar->cache, &key, buf);
        if (held && !is_for(&held_key, held))
            og_member_fail(member, "tile %u changed while it was held", held_key.x);
        og_buf_unref(&held);
        held = buf;
        held_key = key;
        if (og_member_random(member) % 16 == 0 && og_cache_count(bazaar->cache).bytes > bazaar->capacity)
            og_member_fail(member, "more than %zu bytes are kept", bazaar->capacity);
    }
    og_buf_unref(&held);
}

static void expect_honest_trade(size_t capacity, unsigned shards)
{
    struct bazaar bazaar = {.cache = og_cache_new(capacity, shards), .capacity = capacity};
    assert_string_equal(og_crew_run(MEMBERS, trade, &bazaar).text, OG_AS_CLAIMED);
    struct og_cache_counts counts = og_cache_count(bazaar.cache);
    assert_true(counts.bytes <= capacity);
    assert_true(counts.entries <= counts.inserted - counts.evicted);
    og_cache_destroy(&bazaar.cache);
}

static void gets_and_puts_keep_the_promises_in_a_tiny_cache(void **state)
{
    (void)state;
    expect_honest_trade(KIB * 64, 4);
}

static void gets_and_puts_keep_the_promises_over_many_shards(void **state)
{
    (void)state;
    expect_honest_trade(KIB * 4096, 4);
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
