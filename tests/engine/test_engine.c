/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "support/threads.h"

enum { CREW = 4, TOP = 12 };

struct stage {
    struct folder *folder;
    struct served served;
    struct og_metrics_block *block[CREW];
};

static int setup(void **state)
{
    struct stage *s = calloc(1, sizeof *s);
    s->folder = folder_make();
    struct picture picture = {PICTURE_SMOOTH, 2100, 1100, 3};
    folder_add_slide(s->folder, "a", &picture);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    folder_remove(&s->folder);
    free(s);
    return 0;
}

static void start(struct stage *s, struct og_engine_options options)
{
    served_open(&s->served, s->folder->path, options);
    for (unsigned i = 0; i < CREW; i++)
        s->block[i] = og_metrics_take(s->served.metrics);
}

static uint64_t counted(const struct stage *s, enum og_counter counter)
{
    return og_metrics_sum(s->served.metrics, counter);
}

static void ask(struct stage *s, uint32_t level, uint32_t x, uint32_t y, enum og_status expected)
{
    struct og_buf *buf;
    assert_int_equal(served_ask(&s->served, s->served.block, "a", level, x, y, &buf), expected);
    assert_int_equal(buf != NULL, expected == OG_OK);
    og_buf_unref(&buf);
}

/* Siblings are still on their way when the asked-for tile is answered. */
static void let_jobs_end(struct stage *s)
{
    while (og_engine_gauges(s->served.engine).jobs_in_flight)
        sched_yield();
}

static void what_does_not_exist_is_not_found(void **state)
{
    struct stage *s = *state;
    start(s, (struct og_engine_options){.workers = 1});
    struct og_tile_name name;

    ask(s, TOP, 9, 0, OG_NOT_FOUND);
    ask(s, TOP, 0, 5, OG_NOT_FOUND);
    ask(s, TOP + 1, 0, 0, OG_NOT_FOUND);
    assert_int_equal(og_engine_name(s->served.engine, "b", 1, 0, 0, 0, &name, s->served.block), OG_NOT_FOUND);
    assert_int_equal(og_engine_name(s->served.engine, "a", 1, TOP, UINT64_C(1) << 32, 0, &name, s->served.block),
                     OG_NOT_FOUND);
    assert_null(name.slide);
    ask(s, TOP, 8, 4, OG_OK);

    served_close(&s->served);
}

static void a_family_is_read_once_and_its_siblings_end_in_the_cache(void **state)
{
    struct stage *s = *state;
    start(s, (struct og_engine_options){.workers = 1, .cache_bytes = 32 << 20});

    ask(s, TOP, 0, 0, OG_OK);
    let_jobs_end(s);
    for (uint32_t i = 0; i < 16; i++)
        ask(s, TOP, i % 4, i / 4, OG_OK);
    for (uint32_t i = 0; i < 4; i++)
        ask(s, TOP - 1, i % 2, i / 2, OG_OK);

    assert_int_equal(counted(s, OG_COUNT_JOB_LED), 1);
    assert_int_equal(counted(s, OG_COUNT_CACHE_HIT), 20);
    assert_int_equal(counted(s, OG_COUNT_TILE_DEMANDED) + counted(s, OG_COUNT_TILE_SPECULATIVE), 20);
    served_close(&s->served);
}

static void everybody_asks_for_one_family(struct og_member *member)
{
    struct stage *s = member->shared;
    for (uint32_t i = 0; i < 16; i++) {
        struct og_buf *buf;
        if (served_ask(&s->served, s->block[member->index], "a", TOP, (i + member->index * 5) % 4, i / 4, &buf) !=
            OG_OK)
            og_member_fail(member, "no answer for %u", i);
        og_buf_unref(&buf);
    }
}

static void requests_for_a_family_in_flight_join_it(void **state)
{
    struct stage *s = *state;
    start(s, (struct og_engine_options){.workers = 2, .cache_bytes = 32 << 20});

    assert_string_equal(og_crew_run(CREW, everybody_asks_for_one_family, s).text, OG_AS_CLAIMED);
    let_jobs_end(s);

    assert_int_equal(counted(s, OG_COUNT_JOB_LED), 1);
    assert_int_equal(counted(s, OG_COUNT_TILE_DEMANDED) + counted(s, OG_COUNT_TILE_SPECULATIVE), 20);
    served_close(&s->served);
}

struct hanging {
    struct og_waiter waiter;
    enum og_status status;
    unsigned answers;
    atomic_uint *noted; /* NULL: nobody counts */
};

static void note(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct hanging *hanging = (struct hanging *)waiter;
    hanging->status = status;
    hanging->answers++;
    og_buf_unref(&buf);
    if (hanging->noted)
        atomic_fetch_add_explicit(hanging->noted, 1, memory_order_release); /* pairs with the test's acquire load */
}

static void without_a_free_job_the_answer_is_busy_and_drain_answers_all_others(void **state)
{
    struct stage *s = *state;
    enum { ASKED = 15 };
    struct hanging hanging[ASKED] = {0};
    struct og_tile_name name[ASKED];
    start(s, (struct og_engine_options){.workers = 1, .jobs = 2, .families = 1});

    for (uint32_t i = 0; i < ASKED; i++) {
        hanging[i].waiter.done = note;
        assert_int_equal(
            og_engine_name(s->served.engine, "a", 1, i % 2 ? TOP : TOP - 4 - i % 5, 0, 0, &name[i], s->served.block),
            OG_OK);
        og_engine_submit(s->served.engine, &name[i], &hanging[i].waiter, s->served.block);
    }
    og_engine_drain(s->served.engine, OG_ENGINE_FOREVER);

    unsigned good = 0, busy = 0;
    for (unsigned i = 0; i < ASKED; i++) {
        assert_int_equal(hanging[i].answers, 1);
        good += hanging[i].status == OG_OK;
        busy += hanging[i].status == OG_BUSY;
        og_tile_name_release(&name[i]);
    }
    assert_int_equal(good + busy, ASKED);
    assert_true(good >= 2);
    assert_int_equal(counted(s, OG_COUNT_JOB_REFUSED), busy);
    ask(s, TOP, 0, 0, OG_STOPPING);
    served_close(&s->served);
}

static void a_thumbnail_is_the_largest_level_of_one_tile(void **state)
{
    struct stage *s = *state;
    start(s, (struct og_engine_options){.workers = 1});
    struct og_tile_name name;

    assert_int_equal(og_engine_thumbnail(s->served.engine, "a", 1, &name, s->served.block), OG_OK);

    assert_int_equal(name.level, TOP - 4);
    og_tile_name_release(&name);
    assert_int_equal(og_engine_thumbnail(s->served.engine, "none", 4, &name, s->served.block), OG_NOT_FOUND);
    served_close(&s->served);
}

static void engines_come_and_go(void **state)
{
    struct stage *s = *state;
    for (unsigned i = 0; i < 20; i++) {
        start(s, (struct og_engine_options){.workers = 1 + i % 4, .cache_bytes = 8 << 20});
        ask(s, TOP, i % 9, i % 5, OG_OK);
        served_close(&s->served);
    }
}

/* Asks for one of its two stored tiles, and on the answer, from the worker, at once for the other. */
struct hammer {
    struct og_waiter waiter; /* first: done gets its address */
    struct og_engine *engine;
    struct og_metrics_block *block;
    struct og_tile_name name[2];
    unsigned asked;
    atomic_bool *enough;
};

static void strike_again(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct hammer *hammer = (struct hammer *)waiter;
    og_buf_unref(&buf);
    if (status == OG_OK && !atomic_load_explicit(hammer->enough, memory_order_relaxed)) /* a hint to stop */
        og_engine_submit(hammer->engine, &hammer->name[++hammer->asked % 2], waiter, hammer->block);
}

static void stored_tiles_never_keep_a_family_waiting(void **state)
{
    struct stage *s = *state;
    enum { HAMMERS = 3 };
    struct hammer hammer[HAMMERS] = {0};
    struct hanging family[4] = {0};
    struct og_tile_name name[4];
    atomic_bool enough = false;
    atomic_uint noted = 0;
    start(s, (struct og_engine_options){.workers = 1, .families = 2});
    for (unsigned i = 0; i < HAMMERS; i++) {
        hammer[i] = (struct hammer){
            .waiter.done = strike_again, .engine = s->served.engine, .block = s->block[0], .enough = &enough};
        for (unsigned n = 0; n < 2; n++)
            assert_int_equal(
                og_engine_name(s->served.engine, "a", 1, TOP - 2, i, n, &hammer[i].name[n], s->served.block), OG_OK);
        og_engine_submit(s->served.engine, &hammer[i].name[0], &hammer[i].waiter, s->served.block);
    }

    for (uint32_t i = 0; i < 4; i++) {
        family[i].waiter.done = note;
        family[i].noted = &noted;
        assert_int_equal(og_engine_name(s->served.engine, "a", 1, TOP, i % 2 * 4, i / 2 * 4, &name[i], s->served.block),
                         OG_OK);
        og_engine_submit(s->served.engine, &name[i], &family[i].waiter, s->served.block);
    }
    uint64_t give_up = og_clock_monotonic_ns() + UINT64_C(20000000000);
    while (counted(s, OG_COUNT_TILE_DEMANDED) < 1000 && og_clock_monotonic_ns() < give_up)
        sched_yield();
    atomic_store_explicit(&enough, true, memory_order_relaxed);
    unsigned answers_under_fire = atomic_load_explicit(&noted, memory_order_acquire);
    og_engine_drain(s->served.engine, OG_ENGINE_FOREVER);

    assert_int_equal(answers_under_fire, 4);
    for (unsigned i = 0; i < HAMMERS; i++)
        for (unsigned n = 0; n < 2; n++)
            og_tile_name_release(&hammer[i].name[n]);
    for (unsigned i = 0; i < 4; i++)
        og_tile_name_release(&name[i]);
    served_close(&s->served);
}

static _Atomic uint64_t test_now_ns = 1;

static uint64_t test_clock(void)
{
    return atomic_load_explicit(&test_now_ns, memory_order_relaxed);
}

struct keeper { /* keeps the worker that answers */
    struct og_waiter waiter;
    atomic_bool kept, may_go;
};

static void keep_worker(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)status;
    struct keeper *keeper = (struct keeper *)waiter;
    og_buf_unref(&buf);
    atomic_store_explicit(&keeper->kept, true, memory_order_release); /* read by the test */
    while (!atomic_load_explicit(&keeper->may_go, memory_order_acquire))
        sched_yield();
}

static void a_worker_that_is_kept_is_stuck_and_one_that_sleeps_is_not(void **state)
{
    struct stage *s = *state;
    struct keeper keeper = {.waiter.done = keep_worker};
    struct og_tile_name name;
    start(s, (struct og_engine_options){.workers = 3, .cache_bytes = 32 << 20, .clock = test_clock});
    uint64_t steps = og_engine_gauges(s->served.engine).steps;
    assert_int_equal(og_engine_name(s->served.engine, "a", 1, TOP, 0, 0, &name, s->block[0]), OG_OK);
    og_engine_submit(s->served.engine, &name, &keeper.waiter, s->block[0]);
    og_tile_name_release(&name);
    while (!atomic_load_explicit(&keeper.kept, memory_order_acquire))
        sched_yield();

    atomic_fetch_add_explicit(&test_now_ns, UINT64_C(11000000000), memory_order_relaxed);
    while (og_engine_gauges(s->served.engine).workers_stuck != 1) /* the others start anew, or sleep */
        sched_yield();

    atomic_store_explicit(&keeper.may_go, true, memory_order_release);
    let_jobs_end(s);
    while (og_engine_gauges(s->served.engine).workers_stuck != 0)
        sched_yield();
    assert_true(og_engine_gauges(s->served.engine).steps > steps);
    served_close(&s->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_worker_that_is_kept_is_stuck_and_one_that_sleeps_is_not, setup, teardown),
        cmocka_unit_test(what_does_not_exist_is_not_found),
        cmocka_unit_test(a_family_is_read_once_and_its_siblings_end_in_the_cache),
        cmocka_unit_test(requests_for_a_family_in_flight_join_it),
        cmocka_unit_test(without_a_free_job_the_answer_is_busy_and_drain_answers_all_others),
        cmocka_unit_test(a_thumbnail_is_the_largest_level_of_one_tile),
        cmocka_unit_test(stored_tiles_never_keep_a_family_waiting),
        cmocka_unit_test(engines_come_and_go),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
