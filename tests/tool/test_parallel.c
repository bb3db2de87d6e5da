/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdatomic.h>
#include <string.h>

#include "tool/parallel.h"

enum { PIECES = 500, NEVER = PIECES };

struct site {
    atomic_int workers, items; /* that are there; these are read after the join */
    atomic_int used_items;     /* that were not zero at first */
    uint64_t taken, fail_make, fail_take, stop_after;
    bool fail_join, out_of_order;
};

struct worker {
    struct site *site;
    bool joined;
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct worker *w = worker;
    w->site = context;
    if (w->site->fail_join)
        return og_error_set(err, OG_IO, "join failed");
    w->joined = true;
    atomic_fetch_add_explicit(&w->site->workers, 1, memory_order_relaxed);
    return OG_OK;
}

static void leave(void *worker)
{
    const struct worker *w = worker;
    if (w->joined)
        atomic_fetch_sub_explicit(&w->site->workers, 1, memory_order_relaxed);
}

struct item {
    struct site *site;
    uint64_t piece;
};

static enum og_status make(void *worker, uint64_t piece, void *out, struct og_error *err)
{
    const struct worker *w = worker;
    struct item *item = out;
    if (item->site)
        atomic_fetch_add_explicit(&w->site->used_items, 1, memory_order_relaxed);
    *item = (struct item){w->site, piece};
    atomic_fetch_add_explicit(&w->site->items, 1, memory_order_relaxed);
    return piece == w->site->fail_make ? og_error_set(err, OG_DAMAGED, "make failed") : OG_OK;
}

static enum og_status take(void *context, uint64_t piece, void *taken, struct og_error *err)
{
    struct site *s = context;
    const struct item *item = taken;
    s->out_of_order = s->out_of_order || piece != s->taken || item->piece != piece;
    s->taken++;
    return piece == s->fail_take ? og_error_set(err, OG_NO_MEMORY, "take failed") : OG_OK;
}

static void release(void *released)
{
    const struct item *item = released;
    atomic_fetch_sub_explicit(&item->site->items, 1, memory_order_relaxed);
}

static bool watch(void *context)
{
    const struct site *s = context;
    return s->taken < s->stop_after;
}

static struct site new_site(void)
{
    return (struct site){.fail_make = NEVER, .fail_take = NEVER, .stop_after = UINT64_MAX};
}

static enum og_status run(struct site *s, unsigned threads, struct og_error *err)
{
    struct og_parallel_work work = {.pieces = PIECES,
                                    .worker_bytes = sizeof(struct worker),
                                    .item_bytes = sizeof(struct item),
                                    .context = s,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take,
                                    .release = release,
                                    .watch = s->stop_after < UINT64_MAX ? watch : NULL};
    enum og_status status = og_parallel_run(&work, "test", threads, err);
    assert_int_equal(atomic_load_explicit(&s->workers, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&s->items, memory_order_relaxed), 0);
    assert_int_equal(atomic_load_explicit(&s->used_items, memory_order_relaxed), 0);
    assert_false(s->out_of_order);
    return status;
}

static void every_piece_is_taken_once_and_in_order(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 9; threads++) {
        struct site s = new_site();
        struct og_error err = {0};
        assert_int_equal(run(&s, threads, &err), OG_OK);
        assert_int_equal(s.taken, PIECES);
    }
}

static void a_failure_ends_the_work_and_is_what_comes_back(void **state)
{
    struct site joining = new_site(), making = new_site(), taking = new_site();
    struct og_error err = {0};
    (void)state;
    joining.fail_join = true;
    assert_int_equal(run(&joining, 3, &err), OG_IO);
    assert_string_equal(err.text, "join failed");
    making.fail_make = 100;
    assert_int_equal(run(&making, 3, &err), OG_DAMAGED);
    assert_string_equal(err.text, "make failed");
    assert_true(making.taken <= 100);
    taking.fail_take = 7;
    assert_int_equal(run(&taking, 3, &err), OG_NO_MEMORY);
    assert_int_equal(taking.taken, 8);
}

static void it_stops_when_it_is_told_to(void **state)
{
    struct site s = new_site();
    struct og_error err = {0};
    (void)state;
    s.stop_after = 20;
    assert_int_equal(run(&s, 4, &err), OG_STOPPING);
    assert_int_equal(s.taken, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_piece_is_taken_once_and_in_order),
        cmocka_unit_test(a_failure_ends_the_work_and_is_what_comes_back),
        cmocka_unit_test(it_stops_when_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
