/* SPDX-License-Identifier: MIT */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/manager.h"
#include "daemon/notify.h"
#include "daemon/watchdog.h"
#include "support/cmocka_all.h"

#define TIMEOUT_US 40000 /* rounds of ten milliseconds */

struct patient {
    atomic_bool well;
    atomic_uint asked;
};

static bool ask(void *context, unsigned patience_ms)
{
    struct patient *patient = context;
    atomic_fetch_add_explicit(&patient->asked, patience_ms == 10, memory_order_relaxed);
    return atomic_load_explicit(&patient->well, memory_order_relaxed);
}

static unsigned asked(struct patient *patient)
{
    return atomic_load_explicit(&patient->asked, memory_order_relaxed);
}

static void await_asked(struct patient *patient, unsigned times)
{
    for (unsigned before = asked(patient); asked(patient) - before < times;)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static struct og_watchdog *start(struct patient *patient)
{
    struct og_watchdog *watchdog = NULL;
    struct og_error err;
    assert_int_equal(og_watchdog_start(TIMEOUT_US, ask, patient, &watchdog, &err), OG_OK);
    return watchdog;
}

static void who_is_well_is_reported_round_after_round(void **state)
{
    struct patient patient = {true, 0};
    struct manager manager = manager_open(*state);
    struct og_watchdog *watchdog = start(&patient);
    og_watchdog_rest(watchdog, false);

    for (unsigned i = 0; i < 5; i++)
        assert_true(manager_await(&manager, "WATCHDOG=1", NULL));

    og_watchdog_stop(&watchdog);
    manager_close(&manager);
}

static void who_is_not_well_is_asked_again_but_not_reported(void **state)
{
    struct patient patient = {false, 0};
    struct manager manager = manager_open(*state);
    struct og_watchdog *watchdog = start(&patient);
    og_watchdog_rest(watchdog, false);
    await_asked(&patient, 1); /* what it said at rest was said before */
    manager_forget(&manager);

    await_asked(&patient, 5);
    assert_int_equal(manager_forget(&manager), 0);

    atomic_store_explicit(&patient.well, true, memory_order_relaxed);
    assert_true(manager_await(&manager, "WATCHDOG=1", NULL));
    og_watchdog_stop(&watchdog);
    manager_close(&manager);
}

static void at_rest_nobody_is_asked_and_the_manager_still_hears(void **state)
{
    struct patient patient = {false, 0};
    struct manager manager = manager_open(*state);
    struct og_watchdog *watchdog = start(&patient);
    assert_true(manager_await(&manager, "WATCHDOG=1", NULL));
    assert_int_equal(asked(&patient), 0);

    og_watchdog_rest(watchdog, false);
    await_asked(&patient, 1);
    og_watchdog_rest(watchdog, true);
    unsigned before = asked(&patient);
    manager_forget(&manager);
    for (unsigned i = 0; i < 3; i++)
        assert_true(manager_await(&manager, "WATCHDOG=1", NULL));

    assert_int_equal(asked(&patient), before);
    og_watchdog_stop(&watchdog);
    manager_close(&manager);
}

static void a_manager_that_does_not_watch_gets_no_thread(void **state)
{
    (void)state;
    struct og_watchdog *watchdog;
    struct og_error err;

    assert_int_equal(og_watchdog_start(0, ask, NULL, &watchdog, &err), OG_OK);

    assert_null(watchdog);
    og_watchdog_rest(watchdog, true);
    og_watchdog_stop(&watchdog);
}

static void the_timeout_is_ours_only_if_it_is_a_number_for_this_process(void **state)
{
    (void)state;
    char own[32];
    snprintf(own, sizeof own, "%d", (int)getpid());
    const struct {
        const char *usec, *pid;
        uint64_t timeout;
    } cases[] = {
        {NULL, NULL, 0},
        {"30000000", NULL, 30000000},
        {"30000000", own, 30000000},
        {"30000000", "1", 0},
        {"30000000", "x", 0},
        {"", NULL, 0},
        {"-1", NULL, 0},
        {"30s", NULL, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        unsetenv("WATCHDOG_USEC");
        unsetenv("WATCHDOG_PID");
        if (cases[i].usec)
            setenv("WATCHDOG_USEC", cases[i].usec, 1);
        if (cases[i].pid)
            setenv("WATCHDOG_PID", cases[i].pid, 1);
        assert_int_equal(og_notify_watchdog_us(), cases[i].timeout);
    }
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(who_is_well_is_reported_round_after_round),
        IN_FOLDER(who_is_not_well_is_asked_again_but_not_reported),
        IN_FOLDER(at_rest_nobody_is_asked_and_the_manager_still_hears),
        cmocka_unit_test(a_manager_that_does_not_watch_gets_no_thread),
        cmocka_unit_test(the_timeout_is_ours_only_if_it_is_a_number_for_this_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
