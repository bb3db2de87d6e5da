/* SPDX-License-Identifier: MIT */
#include <sched.h>
#include <stdlib.h>

#include "support/allocations.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { COLUMNS = 5, ROWS = 2, TOP = 13, ROUNDS = 3 };

/* Through another tile of it each time: the one before may be in the cache. */
static void build_every_family(struct served *served, unsigned round)
{
    for (uint32_t y = 0; y < ROWS; y++)
        for (uint32_t x = 0; x < COLUMNS; x++) {
            struct og_buf *buf;
            assert_int_equal(served_ask(served, served->block, "a", TOP, 4 * x + round % 4, 4 * y + 1, &buf), OG_OK);
            og_buf_unref(&buf);
            while (og_engine_gauges(served->engine).jobs_in_flight)
                sched_yield();
        }
}

/* What three rounds over the slide ask of the heap, codec apart. */
static size_t allocated_in_rounds(struct served *served)
{
    uint64_t tiles = og_metrics_sum(served->metrics, OG_COUNT_TILE_SPECULATIVE);
    struct allocations ours = allocations_of_others(), codec = allocations_of_libjpeg();
    for (unsigned round = 0; round < ROUNDS; round++)
        build_every_family(served, round);
    assert_true(og_metrics_sum(served->metrics, OG_COUNT_TILE_SPECULATIVE) > tiles + 20 * COLUMNS * ROWS);
    assert_true(allocations_of_libjpeg().calls > codec.calls);
    return allocations_of_others().calls - ours.calls;
}

/*
 * The cache holds a part of the slide only: tiles come and go, and how many of each size there are wanders. The pool
 * grows with the most that there ever were, more and more seldom, and then no more.
 */
static void a_family_allocates_nothing_of_ours_once_the_load_was_seen(void **state)
{
    (void)state;
    struct folder *folder = folder_make();
    struct served served;
    struct picture picture = {PICTURE_NOISE, COLUMNS * 1024 - 100, ROWS * 1024, 3};
    folder_add_slide(folder, "a", &picture);
    served_open(&served, folder->path, (struct og_engine_options){.workers = 1, .cache_bytes = 5 << 20});

    assert_true(allocated_in_rounds(&served) > 0); /* it can count */
    unsigned patience = 100;
    while (allocated_in_rounds(&served) > 0)
        assert_true(patience-- > 0);

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
