/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kitchen.h"

static void absent_key_is_answered_with_null(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tile(&kitchen, 1, TILE);
    assert_false(has_tile(&kitchen, 2));
    kitchen_close(&kitchen);
}

static void get_returns_the_very_buffer_that_was_put(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = og_buf_pool_copy(kitchen.pool, "tile", 4);
    og_cache_put(kitchen.cache, SEAT, &key, buf);

    struct og_buf *got = og_cache_get(kitchen.cache, SEAT, &key);

    assert_ptr_equal(got, buf);
    og_buf_unref(&got);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static void keys_with_equal_hashes_are_told_apart(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key one = key_of(1), two = key_of(2);
    two.hash = one.hash;
    struct og_buf *buf = og_buf_pool_copy(kitchen.pool, "one", 3);
    og_cache_put(kitchen.cache, SEAT, &one, buf);
    assert_null(og_cache_get(kitchen.cache, SEAT, &two));
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static void second_put_of_a_key_changes_nothing(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *first = tile_of(&kitchen, 1, TILE), *second = tile_of(&kitchen, 1, TILE);
    og_cache_put(kitchen.cache, SEAT, &key, first);
    og_cache_put(kitchen.cache, SEAT, &key, second);

    struct og_buf *got = og_cache_get(kitchen.cache, SEAT, &key);

    assert_ptr_equal(got, first);
    assert_int_equal(counts_of(&kitchen).entries, 1);
    assert_int_equal(counts_of(&kitchen).refused, 0);
    assert_int_equal(references(second), 1);
    og_buf_unref(&got);
    og_buf_unref(&first);
    og_buf_unref(&second);
    kitchen_close(&kitchen);
}

static void every_number_of_shards_finds_what_was_put(void **state)
{
    (void)state;
    static const unsigned shards[] = {0, 1, 2, 3, 7, 16};
    for (size_t i = 0; i < sizeof shards / sizeof *shards; i++) {
        struct kitchen kitchen = kitchen_open(32 * MIB, shards[i]);
        for (uint32_t x = 0; x < 500; x++)
            put_tile(&kitchen, x, KIB);
        for (uint32_t x = 0; x < 500; x++)
            assert_true(has_tile(&kitchen, x));
        assert_int_equal(counts_of(&kitchen).entries, 500);
        kitchen_close(&kitchen);
    }
}

static void tile_that_was_hit_twice_survives_a_scan(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tile(&kitchen, 0, TILE);
    assert_true(has_tile(&kitchen, 0));
    assert_true(has_tile(&kitchen, 0));
    put_tiles(&kitchen, 1, 4 * TILES_THAT_FIT);
    assert_true(has_tile(&kitchen, 0));
    kitchen_close(&kitchen);
}

static void tile_that_was_never_hit_does_not_survive_a_scan(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tiles(&kitchen, 0, 4 * TILES_THAT_FIT);
    assert_false(has_tile(&kitchen, 0));
    kitchen_close(&kitchen);
}

static void tile_that_comes_back_soon_after_eviction_survives_the_next_scan(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tiles(&kitchen, 0, TILES_THAT_FIT + 8);
    assert_false(has_tile(&kitchen, 0));
    put_tile(&kitchen, 0, TILE);
    put_tiles(&kitchen, 1000, 1000 + TILES_THAT_FIT - 8);
    assert_true(has_tile(&kitchen, 0));
    kitchen_close(&kitchen);
}

static void main_queue_lets_go_of_what_is_no_longer_asked_for(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    for (uint32_t x = 0; x < 10 * TILES_THAT_FIT; x++) {
        put_tile(&kitchen, x, TILE);
        assert_true(has_tile(&kitchen, x));
        assert_true(has_tile(&kitchen, x));
    }
    assert_false(has_tile(&kitchen, 0));
    assert_true(has_tile(&kitchen, 10 * TILES_THAT_FIT - 1));
    kitchen_close(&kitchen);
}

static void evicted_buffer_lives_on_with_its_reader(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(0);
    put_tile(&kitchen, 0, TILE);
    struct og_buf *held = og_cache_get(kitchen.cache, SEAT, &key);
    put_tiles(&kitchen, 1, 4 * TILES_THAT_FIT);

    assert_false(has_tile(&kitchen, 0));
    assert_int_equal(references(held), 1);
    assert_int_equal(held->data[TILE - 1], 0);
    og_buf_unref(&held);
    kitchen_close(&kitchen);
}

static void buffer_stays_until_a_section_that_may_have_found_it_ends(void **state)
{
    (void)state;
    enum { READER = 1 };
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(7);
    struct og_buf *buf = tile_of(&kitchen, 7, TILE);
    og_cache_put(kitchen.cache, SEAT, &key, buf);
    og_epoch_enter(kitchen.epoch, READER);
    put_tiles(&kitchen, 100, 100 + 2 * TILES_THAT_FIT);

    assert_false(has_tile(&kitchen, 7));
    assert_int_equal(references(buf), 2);
    og_epoch_leave(kitchen.epoch, READER);
    put_tiles(&kitchen, 200, 200 + 2 * TILES_THAT_FIT);
    assert_int_equal(references(buf), 1);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static struct og_key crowded_key(uint32_t x)
{
    struct og_key key = key_of(x);
    key.hash = (uint64_t)x << 58;
    return key;
}

static void a_crowded_bucket_gives_the_way_of_the_least_hit(void **state)
{
    (void)state;
    enum { CROWD = 30, HIT = 4 };
    struct kitchen kitchen = kitchen_open(64 * MIB, 1);
    for (uint32_t x = 0; x < CROWD; x++) {
        struct og_key key = crowded_key(x);
        struct og_buf *buf = tile_of(&kitchen, x, KIB), *found;
        og_cache_put(kitchen.cache, SEAT, &key, buf);
        assert_ptr_equal(found = og_cache_get(kitchen.cache, SEAT, &key), buf);
        og_buf_unref(&found);
        for (uint32_t i = 0; i < HIT && x < HIT; i++) {
            found = og_cache_get(kitchen.cache, SEAT, &key);
            og_buf_unref(&found);
        }
        og_buf_unref(&buf);
    }
    for (uint32_t x = 0; x < HIT; x++) {
        struct og_key key = crowded_key(x);
        struct og_buf *found = og_cache_get(kitchen.cache, SEAT, &key);
        assert_non_null(found);
        og_buf_unref(&found);
    }
    assert_int_equal(counts_of(&kitchen).entries, CROWD);
    assert_int_equal(og_buf_pool_bytes(kitchen.pool), counts_of(&kitchen).bytes);
    kitchen_close(&kitchen);
}

static void destroy_gives_back_every_reference(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = tile_of(&kitchen, 1, TILE);
    og_cache_put(kitchen.cache, SEAT, &key, buf);
    assert_int_equal(references(buf), 2);
    og_cache_destroy(&kitchen.cache);
    assert_int_equal(references(buf), 1);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(absent_key_is_answered_with_null),
        cmocka_unit_test(get_returns_the_very_buffer_that_was_put),
        cmocka_unit_test(keys_with_equal_hashes_are_told_apart),
        cmocka_unit_test(second_put_of_a_key_changes_nothing),
        cmocka_unit_test(every_number_of_shards_finds_what_was_put),
        cmocka_unit_test(tile_that_was_hit_twice_survives_a_scan),
        cmocka_unit_test(tile_that_was_never_hit_does_not_survive_a_scan),
        cmocka_unit_test(tile_that_comes_back_soon_after_eviction_survives_the_next_scan),
        cmocka_unit_test(main_queue_lets_go_of_what_is_no_longer_asked_for),
        cmocka_unit_test(evicted_buffer_lives_on_with_its_reader),
        cmocka_unit_test(buffer_stays_until_a_section_that_may_have_found_it_ends),
        cmocka_unit_test(a_crowded_bucket_gives_the_way_of_the_least_hit),
        cmocka_unit_test(destroy_gives_back_every_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
