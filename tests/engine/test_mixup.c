/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "support/threads.h"

/* Slides whose pixels say which slide and tile they are, asked for by many at once: everybody gets what he asked for.
 */

enum { SLIDES = 13, CREW = 6, REQUESTS_MIN = 40, HOT_FOR = 8, FIRST_NUMBER = 1000, NUMBER_STEP = 37 };

static const struct og_extent sizes[SLIDES] = {{256, 256},  {512, 256},  {768, 1024}, {1024, 1024}, {1280, 768},
                                               {1025, 513}, {700, 900},  {257, 1300}, {1536, 512},  {300, 300},
                                               {1031, 777}, {512, 1536}, {1100, 1290}};

struct crowd {
    struct folder *folder;
    struct served served;
    struct og_metrics_block *block[CREW];
    struct og_pyramid pyramid[SLIDES];
    bool may_be_busy;
};

static struct picture picture_of(unsigned slide)
{
    return (struct picture){PICTURE_STAMPED, sizes[slide].width, sizes[slide].height,
                            FIRST_NUMBER + slide * NUMBER_STEP};
}

static int setup(void **state)
{
    struct crowd *crowd = calloc(1, sizeof *crowd);
    crowd->folder = folder_make();
    for (unsigned i = 0; i < SLIDES; i++) {
        struct picture picture = picture_of(i);
        char name[16];
        snprintf(name, sizeof name, "s%u", i);
        folder_add_slide(crowd->folder, name, &picture);
        if (!og_pyramid_make(picture.width, picture.height, OG_TILE_SIZE, 0, &crowd->pyramid[i]))
            return -1;
    }
    *state = crowd;
    return 0;
}

static int teardown(void **state)
{
    struct crowd *crowd = *state;
    folder_remove(&crowd->folder);
    free(crowd);
    return 0;
}

/* ---- is it the right one? ---- */

struct wish {
    unsigned slide, depth;
    uint32_t x, y;
};

struct sheet {
    uint8_t *luma;
    int width, height;
};

/* A stamp of which only a part is in the picture: the cells whose middle is there. */
static bool cells_agree(const struct picture *picture, const struct sheet *sheet, const struct wish *wish, int left,
                        int top)
{
    int cell = 32 >> wish->depth, side = OG_TILE_SIZE >> wish->depth;
    for (int y = top + cell / 2; y < top + side && y < sheet->height; y += cell)
        for (int x = left + cell / 2; x < left + side && x < sheet->width; x += cell) {
            struct og_rect at = {((int)wish->x * OG_TILE_SIZE + x) << wish->depth,
                                 ((int)wish->y * OG_TILE_SIZE + y) << wish->depth, 1, 1};
            uint8_t rgb[3];
            picture_render(picture, at, rgb, 3);
            if ((rgb[1] > 128) != (sheet->luma[y * sheet->width + x] > 128))
                return false;
        }
    return true;
}

static void check_stamp(struct og_member *member, const struct sheet *sheet, const struct wish *wish, int left, int top)
{
    struct picture picture = picture_of(wish->slide);
    int cell = 32 >> wish->depth, side = OG_TILE_SIZE >> wish->depth;
    struct picture_stamp due = {picture.number, (wish->x << wish->depth) + (uint32_t)(left / side),
                                (wish->y << wish->depth) + (uint32_t)(top / side)};
    struct picture_stamp read;
    if (left + side > sheet->width || top + side > sheet->height) {
        if (!cells_agree(&picture, sheet, wish, left, top))
            og_member_fail(member, "slide %u depth %u tile %u,%u: an edge of something else", wish->slide, wish->depth,
                           wish->x, wish->y);
        return;
    }
    if (!picture_stamp_read(sheet->luma + top * sheet->width + left, sheet->width, cell, &read))
        og_member_fail(member, "slide %u depth %u tile %u,%u: no stamp", wish->slide, wish->depth, wish->x, wish->y);
    else if (read.number != due.number || read.x != due.x || read.y != due.y)
        og_member_fail(member, "slide %u depth %u tile %u,%u: is of number %u at %u,%u", wish->slide, wish->depth,
                       wish->x, wish->y, read.number, read.x, read.y);
}

static void check_tile(struct og_member *member, const struct wish *wish, const struct og_buf *buf)
{
    const struct crowd *crowd = member->shared;
    struct og_extent due = og_pyramid_tile(&crowd->pyramid[wish->slide], wish->depth, wish->x, wish->y);
    int side = OG_TILE_SIZE >> wish->depth;
    struct sheet sheet;
    if (!jpeg_pixels(buf, 1, &sheet.luma, &sheet.width, &sheet.height)) {
        og_member_fail(member, "slide %u depth %u tile %u,%u: no JPEG", wish->slide, wish->depth, wish->x, wish->y);
        return;
    }
    if (sheet.width != (int)due.width || sheet.height != (int)due.height)
        og_member_fail(member, "slide %u depth %u tile %u,%u: %d x %d", wish->slide, wish->depth, wish->x, wish->y,
                       sheet.width, sheet.height);
    for (int top = 0; top < sheet.height; top += side)
        for (int left = 0; left < sheet.width; left += side)
            check_stamp(member, &sheet, wish, left, top);
    free(sheet.luma);
}

/* ---- asking ---- */

/* Half of the time everybody asks for the same family, so that they meet; else for anything. */
static struct wish choose(struct og_member *member, unsigned n)
{
    const struct crowd *crowd = member->shared;
    bool hot = n / HOT_FOR % 2 == 0;
    struct wish wish = {.slide = hot ? n / HOT_FOR / 2 % SLIDES : og_member_random(member) % SLIDES,
                        .depth = og_member_random(member) % (hot ? 2 : 3)};
    struct og_extent grid = og_pyramid_grid(&crowd->pyramid[wish.slide], wish.depth);
    uint32_t side = hot ? 4u >> wish.depth : UINT32_MAX;
    wish.x = og_member_random(member) % (grid.width < side ? grid.width : side);
    wish.y = og_member_random(member) % (grid.height < side ? grid.height : side);
    return wish;
}

static void ask_for_anything(struct og_member *member)
{
    struct crowd *crowd = member->shared;
    unsigned answered = 0;
    for (unsigned n = 0; answered < REQUESTS_MIN || og_member_has_time(member); n++) {
        struct wish wish = choose(member, n);
        uint32_t level = crowd->pyramid[wish.slide].top - wish.depth;
        char id[16];
        struct og_buf *buf;
        snprintf(id, sizeof id, "s%u", wish.slide);
        enum og_status status =
            served_ask(&crowd->served, crowd->block[member->index], id, level, wish.x, wish.y, &buf);
        if (status == OG_OK)
            check_tile(member, &wish, buf);
        else if (status != OG_BUSY || !crowd->may_be_busy)
            og_member_fail(member, "slide %u depth %u tile %u,%u: %s", wish.slide, wish.depth, wish.x, wish.y,
                           og_status_text(status));
        answered += status != OG_BUSY;
        og_buf_unref(&buf);
    }
}

static uint64_t counted(const struct crowd *crowd, enum og_counter counter)
{
    return og_metrics_sum(crowd->served.metrics, counter);
}

static void run(struct crowd *crowd, struct og_engine_options options)
{
    served_open(&crowd->served, crowd->folder->path, options);
    assert_int_equal(og_library_count(crowd->served.library), SLIDES);
    for (unsigned i = 0; i < CREW; i++)
        crowd->block[i] = og_metrics_take(crowd->served.metrics);
    crowd->may_be_busy = options.jobs > 0;
    assert_string_equal(og_crew_run(CREW, ask_for_anything, crowd).text, OG_AS_CLAIMED);
    assert_true(counted(crowd, OG_COUNT_JOB_JOINED) > 0);
    assert_int_equal(counted(crowd, OG_COUNT_READ_DAMAGED) + counted(crowd, OG_COUNT_DECODE_DAMAGED), 0);
}

static void everybody_gets_his_own_tile_while_a_small_cache_evicts(void **state)
{
    struct crowd *crowd = *state;
    enum { CAPACITY = 1 << 20 };
    run(crowd, (struct og_engine_options){.workers = 3, .families = 2, .cache_bytes = CAPACITY});

    struct og_engine_gauges gauges = og_engine_gauges(crowd->served.engine);
    assert_in_range(gauges.cache_bytes, 1, CAPACITY);
    assert_true(counted(crowd, OG_COUNT_CACHE_HIT) > 0);
    served_close(&crowd->served);
}

static void and_while_nothing_is_kept_and_all_speculation_dropped(void **state)
{
    struct crowd *crowd = *state;
    run(crowd, (struct og_engine_options){.workers = 3, .families = 2});

    assert_int_equal(counted(crowd, OG_COUNT_CACHE_HIT), 0);
    assert_true(counted(crowd, OG_COUNT_TASK_DROPPED) > 0);
    served_close(&crowd->served);
}

static void and_while_jobs_and_places_are_so_few_that_all_are_used_again(void **state)
{
    struct crowd *crowd = *state;
    run(crowd, (struct og_engine_options){.workers = 2, .families = 1, .jobs = 4, .cache_bytes = 256 << 10});
    served_close(&crowd->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_gets_his_own_tile_while_a_small_cache_evicts),
        cmocka_unit_test(and_while_nothing_is_kept_and_all_speculation_dropped),
        cmocka_unit_test(and_while_jobs_and_places_are_so_few_that_all_are_used_again),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
