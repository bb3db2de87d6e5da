/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>

#include "support/threads.h"
#include "sync/park.h"

static uint32_t epoch_of(struct og_park *park)
{
    return atomic_load_explicit(&park->epoch, memory_order_relaxed);
}

static uint32_t waiters_of(struct og_park *park)
{
    return atomic_load_explicit(&park->waiters, memory_order_relaxed);
}

static void notify_without_waiters_changes_nothing(void **state)
{
    (void)state;
    struct og_park park;
    og_park_init(&park);
    og_park_notify_one(&park);
    og_park_notify_all(&park);
    assert_int_equal(epoch_of(&park), 0);
    assert_int_equal(waiters_of(&park), 0);
}

static void cancelled_waiter_is_not_counted(void **state)
{
    (void)state;
    struct og_park park;
    og_park_init(&park);
    uint32_t ticket = og_park_prepare(&park);
    og_park_cancel(&park);
    og_park_notify_one(&park);
    assert_int_equal(epoch_of(&park), ticket);
    assert_int_equal(waiters_of(&park), 0);
}

static void wait_after_notify_one_does_not_sleep(void **state)
{
    (void)state;
    struct og_park park;
    og_park_init(&park);
    uint32_t ticket = og_park_prepare(&park);
    og_park_notify_one(&park);
    og_park_wait(&park, ticket);
    assert_int_equal(waiters_of(&park), 0);
}

static void wait_after_notify_all_does_not_sleep(void **state)
{
    (void)state;
    struct og_park park;
    og_park_init(&park);
    uint32_t ticket = og_park_prepare(&park);
    og_park_notify_all(&park);
    og_park_wait(&park, ticket);
    assert_int_equal(waiters_of(&park), 0);
}

static void ticket_wraps_with_the_epoch(void **state)
{
    (void)state;
    struct og_park park;
    og_park_init(&park);
    atomic_init(&park.epoch, UINT32_MAX);
    uint32_t ticket = og_park_prepare(&park);
    og_park_notify_one(&park);
    og_park_wait(&park, ticket);
    assert_int_equal(ticket, UINT32_MAX);
    assert_int_equal(epoch_of(&park), 0);
}

enum { SLEEPERS = 4 };

struct dormitory {
    struct og_park park;
    atomic_uint permits;
    bool all_at_once;
};

static bool take_permit(struct dormitory *dormitory)
{
    unsigned permits = atomic_load_explicit(&dormitory->permits, memory_order_acquire);
    while (permits > 0)
        if (atomic_compare_exchange_weak_explicit(&dormitory->permits, &permits, permits - 1, memory_order_acq_rel,
                                                  memory_order_acquire))
            return true;
    return false;
}

static void sleep_or_wake(struct og_member *member)
{
    struct dormitory *dormitory = member->shared;
    if (member->index < SLEEPERS) {
        while (!take_permit(dormitory)) {
            uint32_t ticket = og_park_prepare(&dormitory->park);
            if (take_permit(dormitory)) {
                og_park_cancel(&dormitory->park);
                return;
            }
            og_park_wait(&dormitory->park, ticket);
        }
        return;
    }
    while (waiters_of(&dormitory->park) < SLEEPERS)
        sched_yield();
    if (dormitory->all_at_once) {
        atomic_fetch_add_explicit(&dormitory->permits, SLEEPERS, memory_order_release);
        og_park_notify_all(&dormitory->park);
        return;
    }
    for (int i = 0; i < SLEEPERS; i++) {
        atomic_fetch_add_explicit(&dormitory->permits, 1, memory_order_release);
        og_park_notify_one(&dormitory->park);
    }
}

static void expect_everybody_wakes(bool all_at_once)
{
    struct dormitory dormitory = {.all_at_once = all_at_once};
    og_park_init(&dormitory.park);
    assert_string_equal(og_crew_run(SLEEPERS + 1, sleep_or_wake, &dormitory).text, OG_AS_CLAIMED);
    assert_int_equal(atomic_load_explicit(&dormitory.permits, memory_order_relaxed), 0);
    assert_int_equal(waiters_of(&dormitory.park), 0);
}

static void notify_all_wakes_every_sleeper(void **state)
{
    (void)state;
    expect_everybody_wakes(true);
}

static void as_many_notify_one_as_sleepers_wake_them_all(void **state)
{
    (void)state;
    expect_everybody_wakes(false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notify_without_waiters_changes_nothing),
        cmocka_unit_test(cancelled_waiter_is_not_counted),
        cmocka_unit_test(wait_after_notify_one_does_not_sleep),
        cmocka_unit_test(wait_after_notify_all_does_not_sleep),
        cmocka_unit_test(ticket_wraps_with_the_epoch),
        cmocka_unit_test(notify_all_wakes_every_sleeper),
        cmocka_unit_test(as_many_notify_one_as_sleepers_wake_them_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
