/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "support/threads.h"

/* Clients that leave before their answer: each waiter is answered once or taken back, never both, never neither. */

enum { CREW = 5, TOP = 12, COLUMNS = 8, ROWS = 4 };

struct pier {
    struct folder *folder;
    struct served served;
    struct og_metrics_block *block[CREW];
};

struct passenger {
    struct og_waiter waiter;
    atomic_uint answers;
    atomic_bool wrong;
};

static int setup(void **state)
{
    struct pier *pier = calloc(1, sizeof *pier);
    pier->folder = folder_make();
    struct picture picture = {PICTURE_SMOOTH, COLUMNS * 256 + 10, ROWS * 256, 3};
    folder_add_slide(pier->folder, "a", &picture);
    *state = pier;
    return 0;
}

static int teardown(void **state)
{
    struct pier *pier = *state;
    folder_remove(&pier->folder);
    free(pier);
    return 0;
}

static void start(struct pier *pier, struct og_engine_options options)
{
    served_open(&pier->served, pier->folder->path, options);
    for (unsigned i = 0; i < CREW; i++)
        pier->block[i] = og_metrics_take(pier->served.metrics);
}

static void board(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct passenger *passenger = (struct passenger *)waiter;
    if ((status == OG_OK) != (buf != NULL) || (status != OG_OK && status != OG_BUSY))
        atomic_store_explicit(&passenger->wrong, true, memory_order_relaxed); /* read after the release below */
    og_buf_unref(&buf);
    atomic_fetch_add_explicit(&passenger->answers, 1, memory_order_release); /* pairs with arrived's acquire */
}

static unsigned arrived(struct passenger *passenger)
{
    return atomic_load_explicit(&passenger->answers, memory_order_acquire);
}

static void submit(struct pier *pier, struct og_metrics_block *block, struct passenger *passenger, uint32_t level,
                   uint32_t x, uint32_t y)
{
    struct og_tile_name name;
    *passenger = (struct passenger){.waiter.done = board};
    if (og_engine_name(pier->served.engine, "a", 1, level, x, y, &name, block) != OG_OK)
        abort();
    og_engine_submit(pier->served.engine, &name, &passenger->waiter, block);
    og_tile_name_release(&name);
}

/* The only workplace is taken by the first family, so the second one's job is still in the front ring. */
static void a_job_that_nobody_waits_for_is_dropped_before_it_is_read(void **state)
{
    struct pier *pier = *state;
    unsigned dropped = 0;
    for (unsigned attempt = 0; attempt < 50 && !dropped; attempt++) {
        start(pier, (struct og_engine_options){.workers = 1, .families = 1, .cache_bytes = 32 << 20});
        struct passenger first, second;
        submit(pier, pier->served.block, &first, TOP, 0, 0);
        submit(pier, pier->served.block, &second, TOP, 4, 0);
        bool left = og_engine_withdraw(pier->served.engine, &second.waiter, pier->served.block);
        og_engine_drain(pier->served.engine, OG_ENGINE_FOREVER);
        assert_int_equal(arrived(&first), 1);
        assert_int_equal(arrived(&second), left ? 0 : 1);
        uint64_t made = og_metrics_sum(pier->served.metrics, OG_COUNT_TILE_DEMANDED) +
                        og_metrics_sum(pier->served.metrics, OG_COUNT_TILE_SPECULATIVE);
        dropped = left && made <= 20;
        served_close(&pier->served);
    }
    assert_true(dropped);
}

static void an_answered_waiter_cannot_be_taken_back(void **state)
{
    struct pier *pier = *state;
    struct passenger passenger;
    start(pier, (struct og_engine_options){.workers = 1, .cache_bytes = 32 << 20});
    submit(pier, pier->served.block, &passenger, TOP, 0, 0);
    while (!arrived(&passenger))
        sched_yield();
    assert_false(og_engine_withdraw(pier->served.engine, &passenger.waiter, pier->served.block));
    assert_int_equal(arrived(&passenger), 1);
    served_close(&pier->served);
}

static void come_and_go(struct og_member *member)
{
    struct pier *pier = member->shared;
    struct og_metrics_block *block = pier->block[member->index];
    while (og_member_has_time(member)) {
        struct passenger passenger;
        uint32_t depth = og_member_random(member) % 3;
        submit(pier, block, &passenger, TOP - depth, og_member_random(member) % (COLUMNS >> depth),
               og_member_random(member) % (ROWS >> depth));
        for (unsigned patience = og_member_random(member) % 4000; patience > 0 && !arrived(&passenger); patience--)
            sched_yield();
        if (og_engine_withdraw(pier->served.engine, &passenger.waiter, block)) {
            if (arrived(&passenger))
                og_member_fail(member, "taken back and answered");
            continue;
        }
        while (!arrived(&passenger))
            sched_yield();
        if (arrived(&passenger) != 1 || atomic_load_explicit(&passenger.wrong, memory_order_relaxed)) /* acquired */
            og_member_fail(member, "a wrong answer, or more than one");
    }
}

static void run_pier(struct pier *pier, struct og_engine_options options)
{
    start(pier, options);
    assert_string_equal(og_crew_run(CREW, come_and_go, pier).text, OG_AS_CLAIMED);
    og_engine_drain(pier->served.engine, OG_ENGINE_FOREVER);
    assert_int_equal(og_engine_gauges(pier->served.engine).jobs_in_flight, 0);
    served_close(&pier->served);
}

static void everybody_is_answered_or_taken_back(void **state)
{
    run_pier(*state, (struct og_engine_options){.workers = 3, .cache_bytes = 1 << 20});
}

static void so_it_is_with_one_workplace_few_jobs_and_no_cache(void **state)
{
    run_pier(*state, (struct og_engine_options){.workers = 2, .families = 1, .jobs = 4});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_that_nobody_waits_for_is_dropped_before_it_is_read),
        cmocka_unit_test(an_answered_waiter_cannot_be_taken_back),
        cmocka_unit_test(everybody_is_answered_or_taken_back),
        cmocka_unit_test(so_it_is_with_one_workplace_few_jobs_and_no_cache),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
