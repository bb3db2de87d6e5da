/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>
#include <string.h>

#include "sync/cache.h"

#define KIB            ((size_t)1024)
#define MIB            (1024 * KIB)
#define TILE           (16 * KIB)
#define TILES_THAT_FIT ((uint32_t)(MIB / TILE))

static struct og_key key_of(uint32_t x)
{
    return og_key_make(1, 1, 10, x, 0);
}

static void put_tile(struct og_cache *cache, uint32_t x, size_t size)
{
    struct og_key key = key_of(x);
    struct og_buf *buf = og_buf_new(size);
    assert_non_null(buf);
    memset(buf->data, (int)(x & 0xff), size);
    og_cache_put(cache, &key, buf);
    og_buf_unref(&buf);
}

static bool has_tile(struct og_cache *cache, uint32_t x)
{
    struct og_key key = key_of(x);
    struct og_buf *buf = og_cache_get(cache, &key);
    bool found = buf;
    if (found && buf->size)
        assert_int_equal(buf->data[buf->size - 1], x & 0xff);
    og_buf_unref(&buf);
    return found;
}

static void put_tiles(struct og_cache *cache, uint32_t first, uint32_t end)
{
    for (uint32_t x = first; x < end; x++)
        put_tile(cache, x, TILE);
}

static void absent_key_is_answered_with_null(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tile(cache, 1, TILE);
    assert_false(has_tile(cache, 2));
    og_cache_destroy(&cache);
}

static void get_returns_the_very_buffer_that_was_put(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = og_buf_copy("tile", 4);
    og_cache_put(cache, &key, buf);

    struct og_buf *got = og_cache_get(cache, &key);

    assert_ptr_equal(got, buf);
    og_buf_unref(&got);
    og_buf_unref(&buf);
    og_cache_destroy(&cache);
}

static void keys_with_equal_hashes_are_told_apart(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key one = key_of(1), two = key_of(2);
    two.hash = one.hash;
    struct og_buf *buf = og_buf_copy("one", 3);
    og_cache_put(cache, &one, buf);
    assert_null(og_cache_get(cache, &two));
    og_buf_unref(&buf);
    og_cache_destroy(&cache);
}

static void put_under_the_same_key_replaces(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *old = og_buf_copy("old", 3), *new = og_buf_copy("newer", 5);
    og_cache_put(cache, &key, old);
    og_cache_put(cache, &key, new);

    struct og_buf *got = og_cache_get(cache, &key);

    assert_ptr_equal(got, new);
    assert_int_equal(og_cache_count(cache).entries, 1);
    assert_int_equal(og_cache_count(cache).evicted, 0);
    assert_int_equal(atomic_load_explicit(&old->references, memory_order_relaxed), 1);
    og_buf_unref(&got);
    og_buf_unref(&old);
    og_buf_unref(&new);
    og_cache_destroy(&cache);
}

static void replacing_by_something_larger_keeps_the_bound(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tiles(cache, 0, TILES_THAT_FIT);
    put_tile(cache, TILES_THAT_FIT - 1, MIB / 2);
    assert_true(has_tile(cache, TILES_THAT_FIT - 1));
    assert_in_range(og_cache_count(cache).bytes, MIB / 2, MIB);
    og_cache_destroy(&cache);
}

static void buffer_larger_than_a_shard_is_refused(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(20 * MIB, 4);
    put_tile(cache, 1, 5 * MIB);
    assert_false(has_tile(cache, 1));
    assert_int_equal(og_cache_count(cache).refused, 1);
    assert_int_equal(og_cache_count(cache).entries, 0);
    og_cache_destroy(&cache);
}

static void refused_put_leaves_what_was_there(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tile(cache, 1, TILE);
    put_tile(cache, 1, 2 * MIB);
    assert_true(has_tile(cache, 1));
    assert_int_equal(og_cache_count(cache).refused, 1);
    og_cache_destroy(&cache);
}

static void capacity_zero_keeps_nothing(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(0, 16);
    put_tile(cache, 1, 0);
    assert_false(has_tile(cache, 1));
    assert_int_equal(og_cache_count(cache).refused, 1);
    assert_int_equal(og_cache_count(cache).bytes, 0);
    og_cache_destroy(&cache);
}

static void small_capacity_uses_so_few_shards_that_a_large_tile_fits(void **state)
{
    (void)state;
    static const size_t capacities[] = {256 * KIB, MIB, 3 * MIB, 16 * MIB};
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        struct og_cache *cache = og_cache_new(capacities[i], 64);
        put_tile(cache, 1, 200 * KIB);
        assert_true(has_tile(cache, 1));
        og_cache_destroy(&cache);
    }
}

static void every_number_of_shards_finds_what_was_put(void **state)
{
    (void)state;
    static const unsigned shards[] = {0, 1, 2, 3, 7, 16};
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++) {
        struct og_cache *cache = og_cache_new(32 * MIB, shards[i]);
        for (uint32_t x = 0; x < 500; x++)
            put_tile(cache, x, KIB);
        for (uint32_t x = 0; x < 500; x++)
            assert_true(has_tile(cache, x));
        assert_int_equal(og_cache_count(cache).entries, 500);
        og_cache_destroy(&cache);
    }
}

static void bytes_count_what_buffers_and_entries_cost(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = og_buf_new(1000);
    og_cache_put(cache, &key, buf);
    uint64_t bytes = og_cache_count(cache).bytes;
    assert_in_range(bytes, og_buf_cost(buf) + sizeof key, og_buf_cost(buf) + 200);
    og_buf_unref(&buf);
    og_cache_destroy(&cache);
}

static void bytes_never_exceed_the_capacity(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 3000, TILE, 70 * KIB, 200 * KIB, 900 * KIB};
    struct og_cache *cache = og_cache_new(MIB, 1);
    for (uint32_t i = 0; i < 2000; i++) {
        put_tile(cache, i, sizes[i % 97 % (sizeof sizes / sizeof *sizes)]);
        has_tile(cache, i / 2);
        assert_in_range(og_cache_count(cache).bytes, 1, MIB);
    }
    og_cache_destroy(&cache);
}

static void entries_are_what_came_less_what_went(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tiles(cache, 0, 10 * TILES_THAT_FIT);
    struct og_cache_counts counts = og_cache_count(cache);
    assert_int_equal(counts.inserted, 10 * TILES_THAT_FIT);
    assert_int_equal(counts.entries, counts.inserted - counts.evicted);
    assert_in_range(counts.entries, TILES_THAT_FIT / 2, TILES_THAT_FIT);
    og_cache_destroy(&cache);
}

static void tile_that_was_hit_twice_survives_a_scan(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tile(cache, 0, TILE);
    assert_true(has_tile(cache, 0));
    assert_true(has_tile(cache, 0));
    put_tiles(cache, 1, 4 * TILES_THAT_FIT);
    assert_true(has_tile(cache, 0));
    og_cache_destroy(&cache);
}

static void tile_that_was_never_hit_does_not_survive_a_scan(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tiles(cache, 0, 4 * TILES_THAT_FIT);
    assert_false(has_tile(cache, 0));
    og_cache_destroy(&cache);
}

static void tile_that_comes_back_soon_after_eviction_survives_the_next_scan(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tiles(cache, 0, TILES_THAT_FIT + 8);
    assert_false(has_tile(cache, 0));
    put_tile(cache, 0, TILE);
    put_tiles(cache, 1000, 1000 + TILES_THAT_FIT - 8);
    assert_true(has_tile(cache, 0));
    og_cache_destroy(&cache);
}

static void main_queue_lets_go_of_what_is_no_longer_asked_for(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    for (uint32_t x = 0; x < 10 * TILES_THAT_FIT; x++) {
        put_tile(cache, x, TILE);
        assert_true(has_tile(cache, x));
        assert_true(has_tile(cache, x));
    }
    assert_false(has_tile(cache, 0));
    assert_true(has_tile(cache, 10 * TILES_THAT_FIT - 1));
    og_cache_destroy(&cache);
}

static void evicted_buffer_lives_on_with_its_reader(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key key = key_of(0);
    put_tile(cache, 0, TILE);
    struct og_buf *held = og_cache_get(cache, &key);
    put_tiles(cache, 1, 4 * TILES_THAT_FIT);

    assert_false(has_tile(cache, 0));
    assert_int_equal(atomic_load_explicit(&held->references, memory_order_relaxed), 1);
    assert_int_equal(held->data[TILE - 1], 0);
    og_buf_unref(&held);
    og_cache_destroy(&cache);
}

static void destroy_gives_back_every_reference(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = og_buf_new(TILE);
    og_cache_put(cache, &key, buf);
    assert_int_equal(atomic_load_explicit(&buf->references, memory_order_relaxed), 2);
    og_cache_destroy(&cache);
    assert_null(cache);
    assert_int_equal(atomic_load_explicit(&buf->references, memory_order_relaxed), 1);
    og_buf_unref(&buf);
}

static void hit_allocates_nothing(void **state)
{
    (void)state;
    struct og_cache *cache = og_cache_new(MIB, 1);
    put_tile(cache, 1, TILE);
    size_t before = mallinfo2().uordblks;
    struct og_key key = key_of(1);
    struct og_buf *buf = og_cache_get(cache, &key);
    assert_int_equal(mallinfo2().uordblks, before);
    og_buf_unref(&buf);
    og_cache_destroy(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_key_is_answered_with_null),
        cmocka_unit_test(get_returns_the_very_buffer_that_was_put),
        cmocka_unit_test(keys_with_equal_hashes_are_told_apart),
        cmocka_unit_test(put_under_the_same_key_replaces),
        cmocka_unit_test(replacing_by_something_larger_keeps_the_bound),
        cmocka_unit_test(buffer_larger_than_a_shard_is_refused),
        cmocka_unit_test(refused_put_leaves_what_was_there),
        cmocka_unit_test(capacity_zero_keeps_nothing),
        cmocka_unit_test(small_capacity_uses_so_few_shards_that_a_large_tile_fits),
        cmocka_unit_test(every_number_of_shards_finds_what_was_put),
        cmocka_unit_test(bytes_count_what_buffers_and_entries_cost),
        cmocka_unit_test(bytes_never_exceed_the_capacity),
        cmocka_unit_test(entries_are_what_came_less_what_went),
        cmocka_unit_test(tile_that_was_hit_twice_survives_a_scan),
        cmocka_unit_test(tile_that_was_never_hit_does_not_survive_a_scan),
        cmocka_unit_test(tile_that_comes_back_soon_after_eviction_survives_the_next_scan),
        cmocka_unit_test(main_queue_lets_go_of_what_is_no_longer_asked_for),
        cmocka_unit_test(evicted_buffer_lives_on_with_its_reader),
        cmocka_unit_test(destroy_gives_back_every_reference),
        cmocka_unit_test(hit_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
