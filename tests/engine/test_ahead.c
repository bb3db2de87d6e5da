/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdlib.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { FAMILIES = 8, TOP = 13 };

struct strip {
    struct folder folder;
    struct served served;
};

static int setup(void **state)
{
    struct strip *strip = calloc(1, sizeof *strip);
    strip->folder = folder_new();
    struct picture picture = {PICTURE_SMOOTH, FAMILIES * 1024, 1024, 3};
    folder_add_slide(&strip->folder, "a", &picture);
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

/* Asks for a tile of the family, lets its siblings follow, and says how many reads were started early by then. */
static uint64_t visit(struct strip *strip, uint32_t family)
{
    struct og_buf *buf;
    assert_int_equal(served_ask(&strip->served, strip->served.block, "a", TOP, 4 * family + 1, 2, &buf), OG_OK);
    og_buf_unref(&buf);
    while (og_engine_gauges(strip->served.engine).jobs_in_flight)
        sched_yield();
    return og_metrics_sum(strip->served.metrics, OG_COUNT_READ_AHEAD);
}

static void a_pan_starts_the_next_read_in_its_direction(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder.path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 2), 0);
    assert_int_equal(visit(strip, 3), 1);
    assert_int_equal(visit(strip, 4), 2);
    served_close(&strip->served);
    served_open(&strip->served, strip->folder.path, (struct og_engine_options){.workers = 1, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 5), 0);
    assert_int_equal(visit(strip, 4), 1);
    served_close(&strip->served);
}

static void jumps_and_the_rim_start_nothing(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder.path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    assert_int_equal(visit(strip, 1), 0);
    assert_int_equal(visit(strip, 5), 0);
    assert_int_equal(visit(strip, 3), 0);
    assert_int_equal(visit(strip, 7), 0);
    assert_int_equal(visit(strip, 6), 0); /* 5 and 7 were both asked for */
    served_close(&strip->served);
}

static void who_keeps_nothing_starts_nothing(void **state)
{
    struct strip *strip = *state;
    served_open(&strip->served, strip->folder.path, (struct og_engine_options){.workers = 2});
    for (uint32_t family = 0; family < FAMILIES; family++)
        assert_int_equal(visit(strip, family), 0);
    served_close(&strip->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pan_starts_the_next_read_in_its_direction),
        cmocka_unit_test(jumps_and_the_rim_start_nothing),
        cmocka_unit_test(who_keeps_nothing_starts_nothing),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
