/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sync/buf_pool.h"

static const uint8_t bytes[1 << 20];

static struct og_buf *copy_of(struct og_buf_pool *pool, size_t size)
{
    struct og_buf *buf = og_buf_pool_copy(pool, bytes, size);
    assert_non_null(buf);
    assert_int_equal(buf->size, size);
    assert_true(og_buf_cost(buf) >= sizeof *buf + size);
    return buf;
}

static void a_released_buffer_serves_the_next_tile_of_its_tier(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    struct og_buf *first = copy_of(pool, 10000), *known = first;
    og_buf_unref(&first);
    struct og_buf *other = copy_of(pool, 20000), *small = copy_of(pool, 5000), *again = copy_of(pool, 10001);
    assert_ptr_not_equal(other, known);
    assert_ptr_not_equal(small, known);
    assert_ptr_equal(again, known);
    og_buf_unref(&small);
    og_buf_unref(&other);
    og_buf_unref(&again);
    og_buf_pool_destroy(&pool);
}

static void an_empty_tier_borrows_and_the_buffer_goes_back_where_it_came_from(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    struct og_buf *first = copy_of(pool, 12000), *known = first;
    og_buf_unref(&first);
    for (unsigned i = 0; i < 3; i++) {
        struct og_buf *smaller = copy_of(pool, 9000);
        assert_ptr_equal(smaller, known);
        og_buf_unref(&smaller);
    }
    struct og_buf *again = copy_of(pool, 12000);
    assert_ptr_equal(again, known);
    og_buf_unref(&again);
    og_buf_pool_destroy(&pool);
}

static void every_size_has_room_and_loses_at_most_a_quarter(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    for (size_t size = 0; size <= sizeof bytes; size += size / 97 + 1) {
        struct og_buf *buf = copy_of(pool, size);
        assert_memory_equal(buf->data, bytes, size);
        if (size > 2048)
            assert_true(og_buf_cost(buf) <= (sizeof *buf + size) * 5 / 4 + 4096);
        og_buf_unref(&buf);
    }
    og_buf_pool_destroy(&pool);
}

static void a_full_tier_gives_back_to_the_allocator(void **state)
{
    (void)state;
    enum { MANY = 100 };
    struct og_buf_pool *pool = og_buf_pool_new();
    struct og_buf *bufs[MANY];
    for (unsigned i = 0; i < MANY; i++)
        bufs[i] = copy_of(pool, 400000);
    for (unsigned i = 0; i < MANY; i++)
        og_buf_unref(&bufs[i]);
    og_buf_pool_destroy(&pool);
}

static void the_account_is_what_buffers_that_are_out_cost(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    assert_int_equal(og_buf_pool_bytes(pool), 0);
    struct og_buf *one = copy_of(pool, 5000), *large = copy_of(pool, 700000), *second = og_buf_ref(one);
    assert_int_equal(og_buf_pool_bytes(pool), og_buf_pool_cost(one) + og_buf_pool_cost(large));
    assert_int_equal(og_buf_pool_cost(one), og_buf_cost(one) + OG_BUF_EXTRA_BYTES);
    og_buf_unref(&large);
    og_buf_unref(&one);
    assert_int_equal(og_buf_pool_bytes(pool), og_buf_pool_cost(second));
    og_buf_unref(&second);
    assert_int_equal(og_buf_pool_bytes(pool), 0);
    assert_in_range(og_buf_pool_idle(pool), 5000, 10000);
    og_buf_pool_destroy(&pool);
}

static void an_adopted_buffer_counts_and_goes_back_to_the_allocator(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new(), *other = og_buf_pool_new();
    struct og_buf *buf = og_buf_copy(bytes, 5000);
    assert_false(og_buf_pool_owns(pool, buf));
    og_buf_pool_adopt(pool, buf);
    assert_true(og_buf_pool_owns(pool, buf));
    assert_false(og_buf_pool_owns(other, buf));
    assert_int_equal(og_buf_pool_bytes(pool), og_buf_pool_cost(buf));
    og_buf_unref(&buf);
    assert_int_equal(og_buf_pool_bytes(pool), 0);
    assert_int_equal(og_buf_pool_idle(pool), 0);
    og_buf_pool_destroy(&other);
    og_buf_pool_destroy(&pool);
}

/* More than the bound in many tiers lies down; then tiles of one tier alone come and go, and must find room there. */
static void idle_buffers_of_sizes_that_nobody_wants_make_room_for_others(void **state)
{
    (void)state;
    enum { MANY = 64, TIERS = 20, FEW = 16 };
    static struct og_buf *bufs[TIERS][MANY];
    struct og_buf_pool *pool = og_buf_pool_new();
    for (unsigned tier = 0; tier < TIERS; tier++)
        for (unsigned i = 0; i < MANY; i++)
            bufs[tier][i] = copy_of(pool, 9000 + 4000 * (size_t)tier);
    for (unsigned tier = 0; tier < TIERS; tier++)
        for (unsigned i = 0; i < MANY; i++) {
            og_buf_unref(&bufs[tier][i]);
            assert_in_range(og_buf_pool_idle(pool), 1, OG_BUF_POOL_IDLE_BYTES);
        }
    assert_in_range(og_buf_pool_idle(pool), OG_BUF_POOL_IDLE_BYTES / 2, OG_BUF_POOL_IDLE_BYTES);
    struct og_buf *few[FEW], *known[FEW];
    for (unsigned i = 0; i < FEW; i++)
        known[i] = few[i] = copy_of(pool, 1000);
    for (unsigned i = 0; i < FEW; i++)
        og_buf_unref(&few[i]);
    for (unsigned i = 0; i < FEW; i++)
        assert_ptr_equal(few[i] = copy_of(pool, 1000), known[i]);
    for (unsigned i = 0; i < FEW; i++)
        og_buf_unref(&few[i]);
    og_buf_pool_destroy(&pool);
}

static void a_buffer_may_outlive_its_pool(void **state)
{
    (void)state;
    struct og_buf_pool *pool = og_buf_pool_new();
    struct og_buf *buf = copy_of(pool, 5000);
    struct og_buf *idle = copy_of(pool, 5000);
    og_buf_unref(&idle);
    og_buf_pool_destroy(&pool);
    assert_null(pool);
    assert_memory_equal(buf->data, bytes, 5000);
    og_buf_unref(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_released_buffer_serves_the_next_tile_of_its_tier),
        cmocka_unit_test(an_empty_tier_borrows_and_the_buffer_goes_back_where_it_came_from),
        cmocka_unit_test(every_size_has_room_and_loses_at_most_a_quarter),
        cmocka_unit_test(a_full_tier_gives_back_to_the_allocator),
        cmocka_unit_test(the_account_is_what_buffers_that_are_out_cost),
        cmocka_unit_test(an_adopted_buffer_counts_and_goes_back_to_the_allocator),
        cmocka_unit_test(idle_buffers_of_sizes_that_nobody_wants_make_room_for_others),
        cmocka_unit_test(a_buffer_may_outlive_its_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
