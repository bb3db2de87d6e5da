/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

enum { TOP = 12, WRITTEN_S = 1700000000 };

static atomic_uint_fast64_t ticks;

/* Every look at it takes a millisecond. */
static uint64_t ticking(void)
{
    return atomic_fetch_add_explicit(&ticks, 1000000, memory_order_relaxed); /* a clock that only goes on */
}

static int setup(void **state)
{
    struct folder *folder = folder_make();
    struct picture smooth = {PICTURE_SMOOTH, 2100, 1100, 3}, white = {PICTURE_WHITE, 2100, 1100, 3};
    folder_add_slide(folder, "a", &smooth);
    folder_add_slide(folder, "w", &white);
    const struct timespec written[2] = {{.tv_sec = WRITTEN_S}, {.tv_sec = WRITTEN_S, .tv_nsec = 123456789}};
    char path[512];
    snprintf(path, sizeof path, "%s/a.tif", folder->path);
    if (utimensat(AT_FDCWD, path, written, 0) != 0)
        return -1;
    *state = folder;
    return 0;
}

static struct og_tile_name name_of(struct served *served, const char *id, uint32_t level, uint32_t x, uint32_t y)
{
    struct og_tile_name name;
    assert_int_equal(og_engine_name(served->engine, id, strlen(id), level, x, y, &name, served->block), OG_OK);
    og_tile_name_release(&name);
    return name;
}

struct asked {
    struct og_waiter waiter; /* first: done gets its address */
    sem_t answered;
};

static void done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)status;
    og_buf_unref(&buf);
    sem_post(&((struct asked *)waiter)->answered);
}

static struct og_spent spent_on(struct served *served, uint32_t level, uint32_t x, uint32_t y)
{
    struct og_tile_name name;
    struct asked asked = {.waiter.done = done};
    assert_int_equal(og_engine_name(served->engine, "a", 1, level, x, y, &name, served->block), OG_OK);
    sem_init(&asked.answered, 0, 0);
    og_engine_submit(served->engine, &name, &asked.waiter, served->block);
    while (sem_wait(&asked.answered) != 0)
        continue;
    sem_destroy(&asked.answered);
    og_tile_name_release(&name);
    return asked.waiter.spent;
}

static void a_waiter_learns_what_the_stages_spent_on_its_tile(void **state)
{
    struct served served;
    struct folder *folder = *state;
    served_open(&served, folder->path,
                (struct og_engine_options){.workers = 1, .cache_bytes = 8 << 20, .clock = ticking});

    struct og_spent rebuilt = spent_on(&served, TOP, 0, 0), coarser = spent_on(&served, TOP - 1, 2, 1);
    struct og_spent stored = spent_on(&served, TOP - 2, 0, 0), kept;

    assert_true(rebuilt.queue_ns > 0 && rebuilt.read_ns > 0 && rebuilt.encode_ns > 0);
    assert_true(rebuilt.decode_ns > coarser.decode_ns); /* a residual more */
    assert_true(rebuilt.residual_ns > coarser.residual_ns && coarser.residual_ns > 0);
    assert_true(stored.read_ns > 0);
    assert_int_equal(stored.decode_ns + stored.residual_ns + stored.encode_ns, 0);
    while (og_engine_gauges(served.engine).jobs_in_flight)
        sched_yield();
    kept = spent_on(&served, TOP, 0, 0); /* in the cache by now, and submitted all the same */
    assert_int_equal(kept.queue_ns + kept.read_ns + kept.decode_ns + kept.residual_ns + kept.encode_ns, 0);
    served_close(&served);
}

static void content_follows_from_slide_place_and_quality_and_from_nothing_else(void **state)
{
    struct served one, again, coarse;
    struct folder *folder = *state;
    served_open(&one, folder->path, (struct og_engine_options){.workers = 1, .quality = 90});
    served_open(&again, folder->path, (struct og_engine_options){.workers = 2});
    served_open(&coarse, folder->path, (struct og_engine_options){.workers = 1, .quality = 50});
    uint64_t content = name_of(&one, "a", TOP, 1, 2).content;

    assert_int_equal(content, name_of(&again, "a", TOP, 1, 2).content);
    assert_int_not_equal(content, name_of(&coarse, "a", TOP, 1, 2).content);
    assert_int_not_equal(content, name_of(&one, "w", TOP, 1, 2).content);
    assert_int_not_equal(content, name_of(&one, "a", TOP, 2, 1).content);
    assert_int_not_equal(content, name_of(&one, "a", TOP - 1, 1, 2).content);
    assert_int_equal(name_of(&one, "a", TOP, 1, 2).edition.modified_s, WRITTEN_S);
    served_close(&one);
    served_close(&again);
    served_close(&coarse);
}

/* Each keeps its response, with a validator of its own. */
static void tiles_of_one_colour_are_alike_but_not_the_same_buffer(void **state)
{
    struct served served;
    struct folder *folder = *state;
    struct og_buf *one, *other;
    served_open(&served, folder->path, (struct og_engine_options){.workers = 1, .cache_bytes = 8 << 20});

    assert_int_equal(served_ask(&served, served.block, "w", TOP, 1, 1, &one), OG_OK);
    assert_int_equal(served_ask(&served, served.block, "w", TOP, 2, 1, &other), OG_OK);

    assert_ptr_not_equal(one, other);
    assert_int_equal(one->size, other->size);
    assert_memory_equal(one->data, other->data, one->size);
    og_buf_unref(&one);
    og_buf_unref(&other);
    served_close(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_waiter_learns_what_the_stages_spent_on_its_tile),
        cmocka_unit_test(content_follows_from_slide_place_and_quality_and_from_nothing_else),
        cmocka_unit_test(tiles_of_one_colour_are_alike_but_not_the_same_buffer),
    };
    return cmocka_run_group_tests(tests, setup, folder_teardown);
}
