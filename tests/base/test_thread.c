/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>

#include "base/thread.h"

struct seen {
    bool ran;
    sigset_t mask;
};

static void *look(void *argument)
{
    struct seen *seen = argument;
    seen->ran = true;
    pthread_sigmask(SIG_SETMASK, NULL, &seen->mask);
    return NULL;
}

static struct seen run_look(void)
{
    struct seen seen = {0};
    struct og_thread thread;
    assert_int_equal(og_thread_start(&thread, "look", 0, look, &seen), OG_OK);
    og_thread_join(&thread);
    return seen;
}

static void join_waits_until_the_thread_has_run(void **state)
{
    (void)state;
    assert_true(run_look().ran);
}

static void threads_never_take_the_processs_signals(void **state)
{
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGCHLD, SIGUSR1, SIGUSR2, SIGALRM};

    struct seen seen = run_look();

    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        assert_int_equal(sigismember(&seen.mask, signals[i]), 1);
}

static void threads_keep_their_own_faults(void **state)
{
    (void)state;
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

    struct seen seen = run_look();

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        assert_int_equal(sigismember(&seen.mask, faults[i]), 0);
}

static void starting_leaves_the_callers_signals_alone(void **state)
{
    (void)state;
    sigset_t before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);

    run_look();

    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int s = 1; s < SIGRTMAX; s++)
        assert_int_equal(sigismember(&before, s), sigismember(&after, s));
}

struct meeting {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    bool over;
};

static void *wait_for_end(void *argument)
{
    struct meeting *meeting = argument;
    pthread_mutex_lock(&meeting->lock);
    while (!meeting->over)
        pthread_cond_wait(&meeting->moved, &meeting->lock);
    pthread_mutex_unlock(&meeting->lock);
    return NULL;
}

static void expect_name(const char *name, unsigned index, const char *expected)
{
    struct meeting meeting = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    struct og_thread thread;
    char shown[16] = "";
    assert_int_equal(og_thread_start(&thread, name, index, wait_for_end, &meeting), OG_OK);
    pthread_getname_np(thread.handle, shown, sizeof shown);

    pthread_mutex_lock(&meeting.lock);
    meeting.over = true;
    pthread_cond_signal(&meeting.moved);
    pthread_mutex_unlock(&meeting.lock);
    og_thread_join(&thread);

    assert_string_equal(shown, expected);
}

static void names_carry_the_index_and_are_cut_at_fifteen(void **state)
{
    (void)state;
    expect_name("worker", 3, "worker-3");
    expect_name("a-very-long-name", 3, "a-very-long-nam");
}

static void cores_are_those_that_the_process_may_use(void **state)
{
    (void)state;
    cpu_set_t all, one;
    sched_getaffinity(0, sizeof all, &all);
    assert_int_equal(og_thread_cores(), CPU_COUNT(&all));

    CPU_ZERO(&one);
    for (int c = 0; c < CPU_SETSIZE && !CPU_COUNT(&one); c++)
        if (CPU_ISSET(c, &all))
            CPU_SET(c, &one);
    sched_setaffinity(0, sizeof one, &one);
    unsigned cores = og_thread_cores();
    sched_setaffinity(0, sizeof all, &all);

    assert_int_equal(cores, 1);
}

struct seat {
    size_t stack_bytes;
    cpu_set_t processors;
};

static void *look_around(void *argument)
{
    struct seat *seat = argument;
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &seat->stack_bytes);
    pthread_attr_destroy(&attributes);
    sched_getaffinity(0, sizeof seat->processors, &seat->processors);
    return NULL;
}

static struct seat seat_of(struct og_thread_options options, unsigned index)
{
    struct seat seat = {0};
    struct og_thread thread;
    assert_int_equal(og_thread_start_with(&options, &thread, "seat", index, look_around, &seat), OG_OK);
    og_thread_join(&thread);
    return seat;
}

static void a_pinned_thread_has_one_of_our_processors_and_the_next_one_another(void **state)
{
    (void)state;
    cpu_set_t ours, both;
    sched_getaffinity(0, sizeof ours, &ours);
    struct seat first = seat_of((struct og_thread_options){.pinned = true}, 0);
    struct seat second = seat_of((struct og_thread_options){.pinned = true}, 1);
    struct seat around = seat_of((struct og_thread_options){.pinned = true}, og_thread_cores());
    assert_int_equal(CPU_COUNT(&first.processors), 1);
    CPU_AND(&both, &first.processors, &ours);
    assert_int_equal(CPU_COUNT(&both), 1);
    assert_true(CPU_EQUAL(&first.processors, &around.processors));
    assert_int_equal(CPU_EQUAL(&first.processors, &second.processors) != 0, og_thread_cores() == 1);
}

static void a_stack_is_as_large_as_asked_and_an_impossible_one_is_refused(void **state)
{
    (void)state;
    struct og_thread thread;
    struct og_thread_options tiny = {.stack_bytes = 1};
    assert_int_equal(seat_of((struct og_thread_options){.stack_bytes = 640 << 10}, 0).stack_bytes, 640 << 10);
    assert_int_equal(og_thread_start_with(&tiny, &thread, "seat", 0, look_around, NULL), OG_NO_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_waits_until_the_thread_has_run),
        cmocka_unit_test(threads_never_take_the_processs_signals),
        cmocka_unit_test(threads_keep_their_own_faults),
        cmocka_unit_test(starting_leaves_the_callers_signals_alone),
        cmocka_unit_test(names_carry_the_index_and_are_cut_at_fifteen),
        cmocka_unit_test(cores_are_those_that_the_process_may_use),
        cmocka_unit_test(a_pinned_thread_has_one_of_our_processors_and_the_next_one_another),
        cmocka_unit_test(a_stack_is_as_large_as_asked_and_an_impossible_one_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
