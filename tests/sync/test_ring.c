/* SPDX-License-Identifier: MIT */
/* Rung one of the ladder: one thread, every answer known. Rungs two to four are in test_ring_stress.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/ring_at.h"

enum { THINGS = 16 };

static unsigned push_until_full(struct og_ring *ring, char *things)
{
    unsigned pushed = 0;
    while (pushed < THINGS && og_ring_push_pointer(ring, &things[pushed]))
        pushed++;
    return pushed;
}

static void new_ring_is_empty(void **state)
{
    (void)state;
    struct og_ring *ring = og_ring_new(4);
    assert_true(og_ring_is_empty(ring));
    assert_int_equal(og_ring_count(ring), 0);
    assert_null(og_ring_pop(ring));
    assert_true(og_ring_valid(ring));
    og_ring_destroy(&ring);
}

static void destroy_empties_the_variable(void **state)
{
    (void)state;
    struct og_ring *ring = og_ring_new(4);
    og_ring_destroy(&ring);
    assert_null(ring);
}

static void capacity_is_rounded_up_to_a_power_of_two_and_at_least_two(void **state)
{
    (void)state;
    static const struct {
        size_t asked, given;
    } rows[] = {{0, 2}, {1, 2}, {2, 2}, {3, 4}, {4, 4}, {5, 8}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char things[THINGS];
        struct og_ring *ring = og_ring_new(rows[i].asked);
        assert_int_equal(push_until_full(ring, things), rows[i].given);
        og_ring_destroy(&ring);
    }
}

static void absurd_capacity_is_answered_with_null(void **state)
{
    (void)state;
    assert_null(og_ring_new(SIZE_MAX));
    assert_null(og_ring_new(SIZE_MAX / 2 + 2));
}

static void items_leave_in_the_order_they_came(void **state)
{
    (void)state;
    char things[THINGS];
    struct og_ring *ring = og_ring_new(4);
    push_until_full(ring, things);
    for (int i = 0; i < 4; i++)
        assert_ptr_equal(og_ring_pop(ring), &things[i]);
    assert_null(og_ring_pop(ring));
    og_ring_destroy(&ring);
}

static void push_moves_the_item_out_of_the_variable(void **state)
{
    (void)state;
    char thing, *variable = &thing;
    struct og_ring *ring = og_ring_new(2);
    assert_true(og_ring_push(ring, variable));
    assert_null(variable);
    assert_ptr_equal(og_ring_pop(ring), &thing);
    og_ring_destroy(&ring);
}

static void push_into_a_full_ring_leaves_the_variable(void **state)
{
    (void)state;
    char things[3], *variable = &things[2];
    struct og_ring *ring = og_ring_new(2);
    assert_true(og_ring_push_pointer(ring, &things[0]));
    assert_true(og_ring_push_pointer(ring, &things[1]));
    assert_false(og_ring_push(ring, variable));
    assert_ptr_equal(variable, &things[2]);
    assert_true(og_ring_valid(ring));
    og_ring_destroy(&ring);
}

static void one_pop_makes_room_for_one_push(void **state)
{
    (void)state;
    char things[THINGS];
    struct og_ring *ring = og_ring_new(2);
    push_until_full(ring, things);
    assert_ptr_equal(og_ring_pop(ring), &things[0]);
    assert_true(og_ring_push_pointer(ring, &things[2]));
    assert_false(og_ring_push_pointer(ring, &things[0]));
    assert_int_equal(og_ring_count(ring), 2);
    og_ring_destroy(&ring);
}

static void count_and_is_empty_follow_push_and_pop(void **state)
{
    (void)state;
    char things[3];
    struct og_ring *ring = og_ring_new(4);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(og_ring_push_pointer(ring, &things[i]));
        assert_int_equal(og_ring_count(ring), i + 1);
        assert_false(og_ring_is_empty(ring));
    }
    for (unsigned i = 3; i-- > 0;) {
        assert_non_null(og_ring_pop(ring));
        assert_int_equal(og_ring_count(ring), i);
        assert_int_equal(og_ring_is_empty(ring), i == 0);
    }
    og_ring_destroy(&ring);
}

static void every_filling_stays_valid_over_many_laps(void **state)
{
    (void)state;
    char things[THINGS];
    struct og_ring *ring = og_ring_new(4);
    for (unsigned lap = 0; lap < 100; lap++) {
        unsigned filling = lap % 5;
        for (unsigned i = 0; i < filling; i++)
            assert_true(og_ring_push_pointer(ring, &things[i]));
        assert_true(og_ring_valid(ring));
        for (unsigned i = 0; i < filling; i++)
            assert_ptr_equal(og_ring_pop(ring), &things[i]);
        assert_true(og_ring_valid(ring));
    }
    og_ring_destroy(&ring);
}

static void positions_wrap_without_a_trace(void **state)
{
    (void)state;
    char things[THINGS];
    for (size_t capacity = 2; capacity <= 8; capacity *= 2) {
        struct og_ring *ring = og_ring_new_at(capacity, UINT64_MAX - 2);
        for (unsigned i = 0; i < 4 * THINGS; i++) {
            assert_int_equal(push_until_full(ring, things), capacity);
            assert_int_equal(og_ring_count(ring), capacity);
            assert_true(og_ring_valid(ring));
            for (size_t out = 0; out < capacity; out++)
                assert_ptr_equal(og_ring_pop(ring), &things[out]);
            assert_null(og_ring_pop(ring));
            assert_true(og_ring_is_empty(ring));
            assert_true(og_ring_valid(ring));
        }
        og_ring_destroy(&ring);
    }
}

static void wrap_is_met_at_every_distance_from_a_full_ring(void **state)
{
    (void)state;
    char things[THINGS];
    for (uint64_t before = 0; before <= 9; before++) {
        struct og_ring *ring = og_ring_new_at(4, 0 - before);
        assert_int_equal(push_until_full(ring, things), 4);
        for (unsigned i = 0; i < 20; i++) {
            assert_non_null(og_ring_pop(ring));
            assert_true(og_ring_push_pointer(ring, things));
            assert_false(og_ring_push_pointer(ring, things));
            assert_true(og_ring_valid(ring));
        }
        og_ring_destroy(&ring);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_ring_is_empty),
        cmocka_unit_test(destroy_empties_the_variable),
        cmocka_unit_test(capacity_is_rounded_up_to_a_power_of_two_and_at_least_two),
        cmocka_unit_test(absurd_capacity_is_answered_with_null),
        cmocka_unit_test(items_leave_in_the_order_they_came),
        cmocka_unit_test(push_moves_the_item_out_of_the_variable),
        cmocka_unit_test(push_into_a_full_ring_leaves_the_variable),
        cmocka_unit_test(one_pop_makes_room_for_one_push),
        cmocka_unit_test(count_and_is_empty_follow_push_and_pop),
        cmocka_unit_test(every_filling_stays_valid_over_many_laps),
        cmocka_unit_test(positions_wrap_without_a_trace),
        cmocka_unit_test(wrap_is_met_at_every_distance_from_a_full_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
