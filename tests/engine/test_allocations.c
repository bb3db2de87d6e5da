/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdlib.h>

#include "support/allocations.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { COLUMNS = 6, ROWS = 3, TOP = 13, SEEN_BEFORE = 4, LOOKED_AT = 3 };

static void build_every_family(struct served *served)
{
    for (uint32_t y = 0; y < ROWS; y++)
        for (uint32_t x = 0; x < COLUMNS; x++) {
            struct og_buf *buf;
            assert_int_equal(served_ask(served, served->block, "a", TOP, 4 * x, 4 * y + 1, &buf), OG_OK);
            og_buf_unref(&buf);
            while (og_engine_gauges(served->engine).jobs_in_flight)
                sched_yield();
        }
}

/* The cache holds a part of the slide only: tiles come and go. */
static void a_family_allocates_nothing_of_ours_once_the_load_was_seen(void **state)
{
    (void)state;
    struct folder folder = folder_new();
    struct served served;
    struct picture picture = {PICTURE_NOISE, COLUMNS * 1024 - 100, ROWS * 1024, 3};
    folder_add_slide(&folder, "a", &picture);
    served_open(&served, folder.path, (struct og_engine_options){.workers = 1, .cache_bytes = 5 << 20});
    for (unsigned i = 0; i < SEEN_BEFORE; i++)
        build_every_family(&served);

    uint64_t tiles = og_metrics_sum(served.metrics, OG_COUNT_TILE_SPECULATIVE);
    struct allocations ours = allocations_of_others(), codec = allocations_of_libjpeg();
    assert_true(ours.calls > 0); /* it can count */
    for (unsigned i = 0; i < LOOKED_AT; i++)
        build_every_family(&served);

    assert_true(og_metrics_sum(served.metrics, OG_COUNT_TILE_SPECULATIVE) > tiles + 20 * COLUMNS * ROWS);
    assert_int_equal(allocations_of_others().calls, ours.calls);
    assert_true(allocations_of_libjpeg().calls > codec.calls);
    served_close(&served);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_family_allocates_nothing_of_ours_once_the_load_was_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
