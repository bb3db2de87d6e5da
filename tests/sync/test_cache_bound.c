/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>

#include "kitchen.h"

static void buffer_larger_than_the_cache_is_refused(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(2 * MIB, 4);
    put_tile(&kitchen, 1, 3 * MIB);
    assert_false(has_tile(&kitchen, 1));
    assert_int_equal(counts_of(&kitchen).refused, 1);
    assert_int_equal(counts_of(&kitchen).entries, 0);
    kitchen_close(&kitchen);
}

static void buffer_of_another_pool_is_refused(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = og_buf_new(TILE);
    og_cache_put(kitchen.cache, SEAT, &key, buf);
    assert_false(has_tile(&kitchen, 1));
    assert_int_equal(counts_of(&kitchen).refused, 1);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static void capacity_zero_keeps_nothing(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(0, 16);
    put_tile(&kitchen, 1, 0);
    assert_false(has_tile(&kitchen, 1));
    assert_int_equal(counts_of(&kitchen).refused, 1);
    assert_int_equal(counts_of(&kitchen).bytes, 0);
    kitchen_close(&kitchen);
}

static void small_capacity_uses_so_few_shards_that_a_large_tile_fits(void **state)
{
    (void)state;
    static const size_t capacities[] = {256 * KIB, MIB, 3 * MIB, 16 * MIB};
    for (size_t i = 0; i < sizeof capacities / sizeof *capacities; i++) {
        struct kitchen kitchen = kitchen_open(capacities[i], 64);
        put_tile(&kitchen, 1, 200 * KIB);
        assert_true(has_tile(&kitchen, 1));
        kitchen_close(&kitchen);
    }
}

static void bytes_count_what_the_pool_counts(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_key key = key_of(1);
    struct og_buf *buf = tile_of(&kitchen, 1, 1000);
    og_cache_put(kitchen.cache, SEAT, &key, buf);
    uint64_t bytes = counts_of(&kitchen).bytes;
    assert_int_equal(bytes, og_buf_pool_cost(buf));
    assert_int_equal(bytes, og_buf_pool_bytes(kitchen.pool));
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static void bytes_never_exceed_the_capacity(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 3000, TILE, 70 * KIB, 200 * KIB, 900 * KIB};
    struct kitchen kitchen = kitchen_open(MIB, 1);
    for (uint32_t i = 0; i < 2000; i++) {
        put_tile(&kitchen, i, sizes[i % 97 % (sizeof sizes / sizeof *sizes)]);
        has_tile(&kitchen, i / 2);
        assert_in_range(counts_of(&kitchen).bytes, 1, MIB);
    }
    kitchen_close(&kitchen);
}

static void entries_are_what_came_less_what_went(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tiles(&kitchen, 0, 10 * TILES_THAT_FIT);
    struct og_cache_counts counts = counts_of(&kitchen);
    assert_int_equal(counts.inserted, 10 * TILES_THAT_FIT);
    assert_int_equal(counts.entries, counts.inserted - counts.evicted);
    assert_in_range(counts.entries, TILES_THAT_FIT / 2, TILES_THAT_FIT);
    kitchen_close(&kitchen);
}

static void what_a_lasting_section_holds_back_is_bounded_and_hits_go_on(void **state)
{
    (void)state;
    enum { READER = 1 };
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tile(&kitchen, 0, TILE);
    og_epoch_enter(kitchen.epoch, READER);
    put_tiles(&kitchen, 1, 1000);

    assert_in_range(og_buf_pool_bytes(kitchen.pool), OG_CACHE_DEFERRED_BYTES, OG_CACHE_DEFERRED_BYTES + 2 * MIB);
    assert_true(counts_of(&kitchen).refused > 0);
    uint32_t last = (uint32_t)counts_of(&kitchen).inserted - 1;
    assert_true(has_tile(&kitchen, last));

    og_epoch_leave(kitchen.epoch, READER);
    put_tiles(&kitchen, 1000, 1010);
    assert_in_range(og_buf_pool_bytes(kitchen.pool), 1, MIB + MIB);
    assert_true(has_tile(&kitchen, 1009));
    kitchen_close(&kitchen);
}

/* Fills a cache of 1 MiB while so many tiles are held that are not in it, as by slow readers; returns what it keeps. */
static size_t kept_beside(unsigned tiles_outside)
{
    enum { MOST = 100 };
    struct og_buf *outside[MOST];
    struct kitchen kitchen = kitchen_open(MIB, 1);
    for (unsigned i = 0; i < tiles_outside; i++)
        outside[i] = tile_of(&kitchen, i, TILE);
    put_tiles(&kitchen, 0, 4 * TILES_THAT_FIT);
    size_t kept = counts_of(&kitchen).bytes;
    for (unsigned i = 0; i < tiles_outside; i++)
        og_buf_unref(&outside[i]);
    put_tiles(&kitchen, 1000, 1000 + 4 * TILES_THAT_FIT);
    assert_in_range(counts_of(&kitchen).bytes, MIB - 2 * TILE, MIB);
    kitchen_close(&kitchen);
    return kept;
}

static void what_is_held_outside_takes_its_own_bytes_from_the_cache(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    struct og_buf *buf = tile_of(&kitchen, 1, TILE);
    const size_t one = og_buf_pool_cost(buf);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
    for (unsigned outside = 0; outside < 30; outside += 5)
        assert_in_range(kept_beside(outside), MIB - (outside + 1) * one, MIB - outside * one);
}

static void however_much_is_held_outside_a_quarter_is_left(void **state)
{
    (void)state;
    assert_in_range(kept_beside(100), MIB / 4 - 2 * TILE, MIB / 4);
}

static void more_small_tiles_than_cells_push_each_other_out(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    for (uint32_t x = 0; x < 2000; x++) {
        put_tile(&kitchen, x, 100);
        assert_true(has_tile(&kitchen, x));
    }
    assert_in_range(counts_of(&kitchen).entries, 200, 520);
    kitchen_close(&kitchen);
}

static void hit_allocates_nothing(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(MIB, 1);
    put_tile(&kitchen, 1, TILE);
    size_t before = mallinfo2().uordblks;
    struct og_key key = key_of(1);
    struct og_buf *buf = og_cache_get(kitchen.cache, SEAT, &key);
    assert_int_equal(mallinfo2().uordblks, before);
    og_buf_unref(&buf);
    kitchen_close(&kitchen);
}

static void steady_cache_allocates_nothing_for_a_put(void **state)
{
    (void)state;
    struct kitchen kitchen = kitchen_open(4 * MIB, 1);
    put_tiles(&kitchen, 0, 2000);
    size_t before = mallinfo2().uordblks;
    for (uint32_t x = 2000; x < 4000; x++) {
        put_tile(&kitchen, x, TILE);
        assert_int_equal(mallinfo2().uordblks, before);
    }
    kitchen_close(&kitchen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_larger_than_the_cache_is_refused),
        cmocka_unit_test(buffer_of_another_pool_is_refused),
        cmocka_unit_test(capacity_zero_keeps_nothing),
        cmocka_unit_test(small_capacity_uses_so_few_shards_that_a_large_tile_fits),
        cmocka_unit_test(bytes_count_what_the_pool_counts),
        cmocka_unit_test(bytes_never_exceed_the_capacity),
        cmocka_unit_test(entries_are_what_came_less_what_went),
        cmocka_unit_test(what_a_lasting_section_holds_back_is_bounded_and_hits_go_on),
        cmocka_unit_test(what_is_held_outside_takes_its_own_bytes_from_the_cache),
        cmocka_unit_test(however_much_is_held_outside_a_quarter_is_left),
        cmocka_unit_test(more_small_tiles_than_cells_push_each_other_out),
        cmocka_unit_test(hit_allocates_nothing),
        cmocka_unit_test(steady_cache_allocates_nothing_for_a_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
