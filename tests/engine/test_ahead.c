/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdlib.h>

#include "../../src/engine/ahead.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { FAMILIES = 8, TOP = 13 };

struct strip {
    struct folder *folder;
    struct served served;
};

static int setup(void **state)
{
    struct strip *strip = calloc(1, sizeof *strip);
    strip->folder = folder_make();
    struct picture picture = {PICTURE_SMOOTH, FAMILIES * 1024, 1024, 3};
    folder_add_slide(strip->folder, "a", &picture);
    *state = strip;
    return 0;
}

static int teardown(void **state)
{
    struct strip *strip = *state;
    folder_remove(&strip->folder);
    free(strip);
    return 0;
}

static void wait_for_jobs(const struct strip *strip)
{
    while (og_engine_gauges(strip->served.engine).jobs_in_flight)
        sched_yield();
}

/* Jobs guess before they end, and a guess that is begun is a job before it counts as begun. */
static void settle(const struct strip *strip)
{
    const struct og_metrics *metrics = strip->served.metrics;
    wait_for_jobs(strip);
    while (og_metrics_sum(metrics, OG_COUNT_GUESS_BEGUN) + og_metrics_sum(metrics, OG_COUNT_GUESS_DROPPED) <
           og_metrics_sum(metrics, OG_COUNT_GUESS_MADE))
        sched_yield();
    wait_for_jobs(strip);
}

static void ask(struct strip *strip, uint32_t level, uint32_t x, uint32_t y)
{
    struct og_buf *buf;
    assert_int_equal(served_ask(&strip->served, strip->served.block, "a", level, x, y, &buf), OG_OK);
    og_buf_unref(&buf);
}

/* Asks for a tile of the family, lets what follows from it come, and says how many families were begun ahead by then.
 */
static uint64_t visit(struct strip *strip, uint32_t family)
{
    ask(strip, TOP, 4 * family + 1, 2);
    settle(strip);
    return og_metrics_sum(strip->served.metrics, OG_COUNT_GUESS_BEGUN);
}

static uint64_t misses(const struct strip *strip)
{
    return og_metrics_sum(strip->served.metrics, OG_COUNT_JOB_LED);
}

static void a_pan_finds_the_next_family_built(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 2), 0);
    assert_int_equal(visit(strip, 3), 1);
    assert_int_equal(misses(strip), 2);
    for (uint32_t family = 4; family < FAMILIES - 1; family++)
        assert_int_equal(visit(strip, family), family - 2);
    visit(strip, FAMILIES - 1);
    assert_int_equal(misses(strip), 2);
    served_close(&strip->served);
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 1, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 5), 0);
    assert_int_equal(visit(strip, 4), 1);
    assert_int_equal(visit(strip, 3), 2);
    assert_int_equal(misses(strip), 2);
    served_close(&strip->served);
}

static void a_zoom_from_l2_finds_its_family_built(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    ask(strip, TOP - 2, 3, 0);
    ask(strip, TOP - 2, 6, 0);
    settle(strip);
    assert_int_equal(misses(strip), 2);
    for (uint32_t i = 0; i < 4; i++) {
        ask(strip, TOP - 1, 6 + i % 2, i / 2);
        ask(strip, TOP, 24 + i, i);
    }
    assert_int_equal(misses(strip), 2);
    assert_int_equal(og_metrics_sum(strip->served.metrics, OG_COUNT_GUESS_BEGUN), 2);
    served_close(&strip->served);
}

static void jumps_and_the_rim_start_nothing(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 1), 0);
    assert_int_equal(visit(strip, 5), 0);
    assert_int_equal(visit(strip, 3), 0);
    assert_int_equal(visit(strip, 7), 0);
    assert_int_equal(visit(strip, 6), 0); /* 5 and 7 were both asked for */
    ask(strip, TOP - 3, 0, 0);
    settle(strip);
    assert_int_equal(og_metrics_sum(strip->served.metrics, OG_COUNT_GUESS_MADE), 0);
    served_close(&strip->served);
}

static void what_is_there_already_is_not_built_again(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 4), 0);
    ask(strip, TOP - 2, 4, 0);
    settle(strip);
    assert_int_equal(og_metrics_sum(strip->served.metrics, OG_COUNT_GUESS_MADE), 0);
    served_close(&strip->served);
}

static void who_keeps_nothing_starts_nothing(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 2});
    for (uint32_t family = 0; family < FAMILIES; family++)
        assert_int_equal(visit(strip, family), 0);
    ask(strip, TOP - 2, 4, 0);
    settle(strip);
    assert_int_equal(og_metrics_sum(strip->served.metrics, OG_COUNT_GUESS_MADE), 0);
    served_close(&strip->served);
}

static bool note(struct og_ahead *ahead, const struct served *served, struct og_slide *slide, uint64_t seed, uint32_t x,
                 bool in_memory)
{
    struct og_key key = og_key_make(seed, og_slide_key(slide), OG_KEY_FAMILY, x, 0);
    const struct og_family_name family = {key, slide, x, 0};
    return in_memory ? og_ahead_note_hit(ahead, &family, served->block)
                     : og_ahead_note_base(ahead, &family, served->block);
}

/* Neighbours that shared a mark would be guessed in turns for ever. */
static void walking_about_in_memory_comes_to_rest(void **state)
{
    enum { SEEDS = 5000, ROUNDS = 3 };
    struct strip *strip = *state;
    struct og_tile_name name;
    served_open(&strip->served, strip->folder->path, (struct og_engine_options){.workers = 1});
    assert_int_equal(og_engine_name(strip->served.engine, "a", 1, TOP, 0, 0, &name, strip->served.block), OG_OK);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct og_ahead *ahead = og_ahead_new(seed);
        unsigned last_round = 0;
        for (uint32_t x = 0; x < FAMILIES; x++)
            note(ahead, &strip->served, name.slide, seed, x, false);
        for (unsigned round = 0; round < ROUNDS; round++) {
            last_round = 0;
            for (uint32_t i = 0; i < 2 * FAMILIES; i++)
                last_round += note(ahead, &strip->served, name.slide, seed, 3 * i % FAMILIES, true);
        }
        assert_int_equal(last_round, 0);
        og_ahead_destroy(&ahead);
    }
    og_tile_name_release(&name);
    served_close(&strip->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pan_finds_the_next_family_built), cmocka_unit_test(a_zoom_from_l2_finds_its_family_built),
        cmocka_unit_test(jumps_and_the_rim_start_nothing),   cmocka_unit_test(what_is_there_already_is_not_built_again),
        cmocka_unit_test(who_keeps_nothing_starts_nothing),  cmocka_unit_test(walking_about_in_memory_comes_to_rest),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
