/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "support/cmocka_all.h"
#include "support/hung_reads.h"
#include "support/pictures.h"
#include "support/served.h"

/*
 * Reads of one file that do not return, as on a network file system that hangs: other slides are served all the while,
 * and in the end everybody is answered.
 */

enum { WIDTH = 8 * 256, HEIGHT = 8 * 256, JOBS = 17, WAITERS = 4 * JOBS };

struct ward {
    struct folder *folder;
    struct og_pyramid pyramid;
    struct served served;
};

struct patient {
    struct og_waiter waiter;
    atomic_uint answers;
    enum og_status status;
};

static int setup(void **state)
{
    struct ward *ward = calloc(1, sizeof *ward);
    char path[512];
    ward->folder = folder_make();
    folder_add_slide(ward->folder, "hangs", &(struct picture){PICTURE_SMOOTH, WIDTH, HEIGHT, 3});
    folder_add_slide(ward->folder, "well", &(struct picture){PICTURE_SMOOTH, WIDTH, HEIGHT, 4});
    snprintf(path, sizeof path, "%s/hangs.tif", ward->folder->path);
    hung_reads_choose(path);
    *state = ward;
    return 0;
}

static int teardown(void **state)
{
    struct ward *ward = *state;
    folder_remove(&ward->folder);
    free(ward);
    return 0;
}

static void start(struct ward *ward, struct og_engine_options options)
{
    struct og_tile_name name;
    served_open(&ward->served, ward->folder->path, options);
    assert_int_equal(og_engine_thumbnail(ward->served.engine, "well", 4, &name, ward->served.block), OG_OK);
    ward->pyramid = og_slide_facts(name.slide)->pyramid;
    og_tile_name_release(&name);
}

static void answer(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct patient *patient = (struct patient *)waiter;
    og_buf_unref(&buf);
    patient->status = status;
    atomic_fetch_add_explicit(&patient->answers, 1, memory_order_release); /* pairs with answered's acquire */
}

static unsigned answered(struct patient *patient)
{
    return atomic_load_explicit(&patient->answers, memory_order_acquire);
}

/* Seventeen jobs: one tile of each of the four families, the four of L2 and one of each level above it. */
static void ask_for_what_hangs(struct ward *ward, struct patient *patients, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct og_tile_name name;
        unsigned job = i % JOBS;
        uint32_t depth = job < 4 ? 0 : job < 8 ? 2 : job - 5, step = depth ? 1 : 4, place = job < 8 ? job % 4 : 0;
        patients[i] = (struct patient){.waiter.done = answer};
        assert_int_equal(og_engine_name(ward->served.engine, "hangs", 5, ward->pyramid.top - depth, place % 2 * step,
                                        place / 2 * step, &name, ward->served.block),
                         OG_OK);
        og_engine_submit(ward->served.engine, &name, &patients[i].waiter, ward->served.block);
        og_tile_name_release(&name);
    }
}

static void expect_all_of(struct ward *ward, const char *id)
{
    for (uint32_t depth = 0; depth <= ward->pyramid.top; depth++) {
        struct og_extent grid = og_pyramid_grid(&ward->pyramid, depth);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            struct og_buf *buf;
            assert_int_equal(served_ask(&ward->served, ward->served.block, id, ward->pyramid.top - depth,
                                        i % grid.width, i / grid.width, &buf),
                             OG_OK);
            og_buf_unref(&buf);
        }
    }
}

static void another_slide_is_served_while(struct ward *ward, struct og_engine_options options, unsigned stuck)
{
    struct patient patients[WAITERS];
    start(ward, options);
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, WAITERS);
    hung_reads_await(stuck);

    expect_all_of(ward, "well");

    for (unsigned i = 0; i < WAITERS; i++)
        assert_int_equal(answered(&patients[i]), 0);
    assert_int_equal(hung_reads_most(), stuck);
    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);
    for (unsigned i = 0; i < WAITERS; i++) {
        assert_int_equal(answered(&patients[i]), 1);
        assert_int_equal(patients[i].status, OG_OK);
    }
    served_close(&ward->served);
}

static void a_slide_whose_reads_hang_takes_half_of_the_workers(void **state)
{
    another_slide_is_served_while(*state, (struct og_engine_options){.workers = 4, .cache_bytes = 1 << 20}, 2);
}

static void and_one_of_two_with_a_single_workplace_beside_it(void **state)
{
    another_slide_is_served_while(*state, (struct og_engine_options){.workers = 2, .families = 2}, 1);
}

static unsigned sum_answered(struct patient *patients)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < JOBS; i++)
        sum += answered(&patients[i]);
    return sum;
}

/* One is being read, half of eight wait for it, and the rest is refused at once. */
static void what_waits_for_it_takes_half_of_the_jobs_and_the_rest_is_refused(void **state)
{
    struct ward *ward = *state;
    struct patient patients[JOBS];
    struct og_buf *buf;
    unsigned good = 0, refused = 0;
    start(ward, (struct og_engine_options){.workers = 2, .jobs = 8, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, JOBS);
    while (sum_answered(patients) < JOBS - 5)
        sched_yield();

    while (served_ask(&ward->served, ward->served.block, "well", ward->pyramid.top, 0, 0, &buf) == OG_BUSY)
        continue; /* until the last that were refused have left */
    assert_non_null(buf);
    og_buf_unref(&buf);

    assert_int_equal(sum_answered(patients), JOBS - 5);
    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);
    for (unsigned i = 0; i < JOBS; i++) {
        good += patients[i].status == OG_OK;
        refused += patients[i].status == OG_BUSY;
    }
    assert_int_equal(good, 5);
    assert_int_equal(refused, JOBS - 5);
    served_close(&ward->served);
}

static uint64_t cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void nobody_spins_while_it_hangs(void **state)
{
    struct ward *ward = *state;
    struct patient patients[JOBS];
    start(ward, (struct og_engine_options){.workers = 4, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, JOBS);
    hung_reads_await(2);
    expect_all_of(ward, "well");
    while (og_engine_gauges(ward->served.engine).jobs_in_flight > JOBS)
        sched_yield();

    uint64_t cpu = cpu_ns(), wall = og_clock_monotonic_ns();
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    cpu = cpu_ns() - cpu;
    wall = og_clock_monotonic_ns() - wall;

    assert_true(cpu < wall / 4);
    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);
    assert_int_equal(sum_answered(patients), JOBS);
    served_close(&ward->served);
}

/* They leave while they are laid aside, and so does the one whose turn it would be next. */
static void those_who_leave_meanwhile_stop_nobody(void **state)
{
    struct ward *ward = *state;
    struct patient patients[JOBS];
    unsigned left = 0;
    start(ward, (struct og_engine_options){.workers = 2, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, JOBS);
    hung_reads_await(1);
    expect_all_of(ward, "well");
    for (unsigned i = 0; i < JOBS; i += 1 + i % 2)
        left += og_engine_withdraw(ward->served.engine, &patients[i].waiter, ward->served.block);
    assert_true(left > 0);

    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);

    assert_int_equal(sum_answered(patients), JOBS - left);
    served_close(&ward->served);
}

static void a_hand_is_free_while_it_hangs(void **state)
{
    struct ward *ward = *state;
    struct patient patients[JOBS];
    start(ward, (struct og_engine_options){.workers = 4, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, JOBS);
    hung_reads_await(2);

    while (!og_engine_gauges(ward->served.engine).hand_free)
        sched_yield();

    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);
    assert_int_equal(sum_answered(patients), JOBS);
    served_close(&ward->served);
}

static void when_all_hang_no_hand_is_free(void **state)
{
    struct ward *ward = *state;
    struct patient patients[JOBS];
    start(ward, (struct og_engine_options){.workers = 1, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, JOBS);
    hung_reads_await(1);

    assert_false(og_engine_gauges(ward->served.engine).hand_free);

    hung_reads_end();
    og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER);
    assert_int_equal(sum_answered(patients), JOBS);
    served_close(&ward->served);
}

/* Nobody is left waiting, also not who comes later; the read that returns after all finds no one. */
static void a_drain_out_of_patience_answers_everybody(void **state)
{
    struct ward *ward = *state;
    struct patient patients[WAITERS], late[JOBS];
    start(ward, (struct og_engine_options){.workers = 4, .cache_bytes = 1 << 20});
    hung_reads_begin();
    ask_for_what_hangs(ward, patients, WAITERS);
    hung_reads_await(2);

    assert_false(og_engine_drain(ward->served.engine, 1));

    ask_for_what_hangs(ward, late, JOBS);
    for (unsigned i = 0; i < WAITERS + JOBS; i++) {
        struct patient *patient = i < WAITERS ? &patients[i] : &late[i - WAITERS];
        assert_int_equal(answered(patient), 1);
        assert_int_equal(patient->status, OG_STOPPING);
    }
    assert_true(og_engine_gauges(ward->served.engine).jobs_in_flight >= JOBS); /* and guesses */
    hung_reads_end();
    assert_true(og_engine_drain(ward->served.engine, OG_ENGINE_FOREVER));
    assert_int_equal(sum_answered(patients), JOBS);
    served_close(&ward->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slide_whose_reads_hang_takes_half_of_the_workers),
        cmocka_unit_test(and_one_of_two_with_a_single_workplace_beside_it),
        cmocka_unit_test(what_waits_for_it_takes_half_of_the_jobs_and_the_rest_is_refused),
        cmocka_unit_test(nobody_spins_while_it_hangs),
        cmocka_unit_test(those_who_leave_meanwhile_stop_nobody),
        cmocka_unit_test(a_hand_is_free_while_it_hangs),
        cmocka_unit_test(when_all_hang_no_hand_is_free),
        cmocka_unit_test(a_drain_out_of_patience_answers_everybody),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
