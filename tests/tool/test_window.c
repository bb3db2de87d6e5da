/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "base/thread.h"
#include "tool/window.h"

enum { ITEMS = 500, WORKERS = 4, CAPACITY = 6, LONG_MS = 10000 };

static void drop(void *context, void *item)
{
    (void)context;
    free(item);
}

static void *give_all(void *argument)
{
    struct og_window *window = argument;
    uint64_t index;
    while (og_window_take(window, &index)) {
        uint64_t *item = malloc(sizeof *item);
        *item = index;
        og_window_give(window, index, item);
    }
    return NULL;
}

static void *fail_at_once(void *argument)
{
    struct og_error err;
    og_error_set(&err, OG_DAMAGED, "the seventh went wrong");
    og_window_fail(argument, &err);
    return NULL;
}

static void items_of_many_workers_come_back_in_order(void **state)
{
    (void)state;
    struct og_window *window = og_window_new(ITEMS, CAPACITY, drop, NULL);
    struct og_thread workers[WORKERS];
    struct og_error err;
    for (unsigned i = 0; i < WORKERS; i++)
        assert_int_equal(og_thread_start(&workers[i], "give", i, give_all, window), OG_OK);

    uint64_t right = 0;
    for (uint64_t i = 0; i < ITEMS; i++) {
        void *item = NULL;
        assert_int_equal(og_window_next(window, LONG_MS, &item, &err), OG_OK);
        right += *(uint64_t *)item == i;
        free(item);
    }

    for (unsigned i = 0; i < WORKERS; i++)
        og_thread_join(&workers[i]);
    assert_int_equal(right, ITEMS);
    og_window_destroy(&window);
}

static void no_more_than_its_capacity_is_taken_ahead(void **state)
{
    (void)state;
    struct og_window *window = og_window_new(ITEMS, CAPACITY, drop, NULL);
    struct og_thread worker;
    struct og_error err;
    assert_int_equal(og_thread_start(&worker, "give", 0, give_all, window), OG_OK);

    void *item = NULL;
    assert_int_equal(og_window_next(window, LONG_MS, &item, &err), OG_OK);
    free(item);
    og_window_stop(window);
    og_thread_join(&worker);

    unsigned ready = 0;
    while (og_window_next(window, 0, &item, &err) == OG_OK) {
        free(item);
        ready++;
    }
    assert_true(ready <= CAPACITY);
    og_window_destroy(&window);
}

static void an_item_that_is_not_there_yet_is_pending(void **state)
{
    (void)state;
    struct og_window *window = og_window_new(ITEMS, CAPACITY, drop, NULL);
    struct og_error err;
    void *item = NULL;
    uint64_t index;
    assert_true(og_window_take(window, &index) && og_window_take(window, &index));
    og_window_give(window, 1, malloc(1)); /* the second is ready, the first is not; destroy frees it */

    assert_int_equal(og_window_next(window, 1, &item, &err), OG_PENDING);
    assert_null(item);
    og_window_destroy(&window);
}

static void a_failure_reaches_the_consumer_with_its_words_and_ends_the_work(void **state)
{
    (void)state;
    struct og_window *window = og_window_new(ITEMS, CAPACITY, drop, NULL);
    struct og_thread worker;
    struct og_error err = {0};
    void *item;
    uint64_t index;
    assert_int_equal(og_thread_start(&worker, "fail", 0, fail_at_once, window), OG_OK);

    assert_int_equal(og_window_next(window, LONG_MS, &item, &err), OG_DAMAGED);
    assert_string_equal(err.text, "the seventh went wrong");
    assert_false(og_window_take(window, &index));
    og_thread_join(&worker);
    og_window_destroy(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_of_many_workers_come_back_in_order),
        cmocka_unit_test(no_more_than_its_capacity_is_taken_ahead),
        cmocka_unit_test(an_item_that_is_not_there_yet_is_pending),
        cmocka_unit_test(a_failure_reaches_the_consumer_with_its_words_and_ends_the_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
