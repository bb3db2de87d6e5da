/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/epoch.h"

enum { LAST_SEAT = OG_EPOCH_SEATS - 1, MANY = 1000 };

struct thing {
    struct og_retired retired; /* first */
    unsigned reclaimed;
};

static void count_reclaimed(struct og_retired *node)
{
    ((struct thing *)node)->reclaimed++;
}

static void retire(struct og_epoch *epoch, struct thing *thing)
{
    *thing = (struct thing){.retired.reclaim = count_reclaimed};
    og_epoch_retire(epoch, &thing->retired);
}

static void make_steps(struct og_epoch *epoch, unsigned steps)
{
    for (unsigned i = 0; i < steps; i++)
        og_epoch_reclaim(epoch);
}

static unsigned count_waiting(const struct thing *things, unsigned count)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < count; i++)
        waiting += !things[i].reclaimed;
    return waiting;
}

static int setup(void **state)
{
    *state = og_epoch_new();
    return !*state;
}

static int teardown(void **state)
{
    struct og_epoch *epoch = *state;
    og_epoch_destroy(&epoch);
    return epoch != NULL;
}

static void two_steps_reclaim_when_nobody_is_inside(void **state)
{
    struct thing thing;
    retire(*state, &thing);
    assert_false(og_epoch_reclaim(*state));
    assert_int_equal(thing.reclaimed, 0);
    assert_true(og_epoch_reclaim(*state));
    assert_int_equal(thing.reclaimed, 1);
}

static void nothing_is_reclaimed_twice(void **state)
{
    struct thing thing;
    retire(*state, &thing);
    make_steps(*state, 20);
    assert_int_equal(thing.reclaimed, 1);
}

static void a_section_that_was_there_first_holds_it_back_until_it_ends(void **state)
{
    static const unsigned seats[] = {0, 1, LAST_SEAT};
    for (size_t i = 0; i < sizeof seats / sizeof *seats; i++) {
        struct thing thing;
        og_epoch_enter(*state, seats[i]);
        retire(*state, &thing);
        make_steps(*state, 20);
        assert_int_equal(thing.reclaimed, 0);
        og_epoch_leave(*state, seats[i]);
        make_steps(*state, 3);
        assert_int_equal(thing.reclaimed, 1);
    }
}

static void a_section_that_began_after_a_step_holds_nothing_older_back(void **state)
{
    struct thing thing;
    retire(*state, &thing);
    make_steps(*state, 1);
    og_epoch_enter(*state, 7);
    make_steps(*state, 1);
    assert_int_equal(thing.reclaimed, 1);
    og_epoch_leave(*state, 7);
}

static void many_short_sections_hold_nothing_back(void **state)
{
    struct thing things[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        og_epoch_enter(*state, 3);
        retire(*state, &things[i]);
        og_epoch_leave(*state, 3);
    }
    assert_in_range(count_waiting(things, MANY), 0, 3 * OG_EPOCH_STRIDE);
    assert_int_equal(things[0].reclaimed, 1);
    make_steps(*state, 3);
}

static void what_a_long_section_held_back_goes_soon_after_it(void **state)
{
    struct thing things[MANY];
    og_epoch_enter(*state, 3);
    for (unsigned i = 0; i < MANY; i++)
        retire(*state, &things[i]);
    assert_int_equal(count_waiting(things, MANY), MANY);
    og_epoch_leave(*state, 3);
    make_steps(*state, 3);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(things[i].reclaimed, 1);
}

static void a_section_may_retire_what_it_looks_at(void **state)
{
    struct thing thing;
    og_epoch_enter(*state, 0);
    retire(*state, &thing);
    make_steps(*state, 3);
    assert_int_equal(thing.reclaimed, 0);
    og_epoch_leave(*state, 0);
    make_steps(*state, 3);
    assert_int_equal(thing.reclaimed, 1);
}

static void destroy_reclaims_what_waits(void **state)
{
    (void)state;
    struct og_epoch *epoch = og_epoch_new();
    struct thing things[5];
    assert_non_null(epoch);
    for (unsigned i = 0; i < 5; i++) {
        retire(epoch, &things[i]);
        make_steps(epoch, i == 2);
    }
    og_epoch_destroy(&epoch);
    assert_null(epoch);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(things[i].reclaimed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(two_steps_reclaim_when_nobody_is_inside, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_is_reclaimed_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(a_section_that_was_there_first_holds_it_back_until_it_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(a_section_that_began_after_a_step_holds_nothing_older_back, setup, teardown),
        cmocka_unit_test_setup_teardown(many_short_sections_hold_nothing_back, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_long_section_held_back_goes_soon_after_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_section_may_retire_what_it_looks_at, setup, teardown),
        cmocka_unit_test(destroy_reclaims_what_waits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
