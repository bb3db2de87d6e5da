/* SPDX-License-Identifier: MIT */
#include "http/waiting.h"

#include "support/cmocka_all.h"

static unsigned fill(struct og_waiting *waiting, uint64_t slide_key)
{
    unsigned n = 0;
    while (og_waiting_enter(waiting, slide_key))
        n++;
    return n;
}

static void each_slide_that_hangs_takes_half_of_what_is_left(void **state)
{
    (void)state;
    struct og_waiting waiting = {.most = 128};
    assert_int_equal(fill(&waiting, 1), 64);
    assert_int_equal(fill(&waiting, 2), 32);
    assert_int_equal(fill(&waiting, 3), 16);
    assert_int_equal(fill(&waiting, 4), 8);
    assert_int_equal(fill(&waiting, 1), 0);
    assert_int_equal(waiting.taken, 120);
}

static void many_slides_take_every_place(void **state)
{
    (void)state;
    struct og_waiting waiting = {.most = 128};
    for (uint64_t key = 0; key < 128; key++)
        assert_true(og_waiting_enter(&waiting, key));
    assert_false(og_waiting_enter(&waiting, 128));
    assert_false(og_waiting_enter(&waiting, 5));
    og_waiting_leave(&waiting, 77);
    assert_true(og_waiting_enter(&waiting, 128));
}

static void places_come_back(void **state)
{
    (void)state;
    struct og_waiting waiting = {.most = 64};
    for (unsigned round = 0; round < 3; round++) {
        assert_int_equal(fill(&waiting, 7), 32);
        assert_int_equal(fill(&waiting, 8), 16);
        for (unsigned i = 0; i < 32; i++)
            og_waiting_leave(&waiting, 7);
        assert_int_equal(fill(&waiting, 8), 32 - 16);
        for (unsigned i = 0; i < 32; i++)
            og_waiting_leave(&waiting, 8);
        assert_int_equal(waiting.taken, 0);
        assert_int_equal(waiting.slides, 0);
    }
}

static void more_slides_than_are_counted_are_refused(void **state)
{
    (void)state;
    struct og_waiting waiting = {.most = 4096};
    for (uint64_t key = 0; key < OG_WAITING_SLIDES; key++)
        assert_true(og_waiting_enter(&waiting, key));
    assert_false(og_waiting_enter(&waiting, OG_WAITING_SLIDES));
    assert_true(og_waiting_enter(&waiting, 3));
}

static void where_nobody_may_wait_nobody_does(void **state)
{
    (void)state;
    struct og_waiting waiting = {0};
    assert_false(og_waiting_enter(&waiting, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_slide_that_hangs_takes_half_of_what_is_left),
        cmocka_unit_test(many_slides_take_every_place),
        cmocka_unit_test(places_come_back),
        cmocka_unit_test(more_slides_than_are_counted_are_refused),
        cmocka_unit_test(where_nobody_may_wait_nobody_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
