/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "support/cmocka_all.h"
#include "support/hung_reads.h"
#include "support/pictures.h"
#include "support/served.h"

/*
 * What workers do for others: the processor for who was woken on it, and reads ahead for who waits for a turn. Linked
 * with --wrap for both calls.
 */

enum { SIDE = 8 * 256, FAMILIES = 4 };

static pthread_t test_thread;
static atomic_uint yields, reads_ahead;

int __real_sched_yield(void);
int __wrap_sched_yield(void);
int __real_posix_fadvise(int fd, off_t offset, off_t size, int advice);
int __wrap_posix_fadvise(int fd, off_t offset, off_t size, int advice);

int __wrap_sched_yield(void)
{
    if (!pthread_equal(pthread_self(), test_thread))
        atomic_fetch_add_explicit(&yields, 1, memory_order_acq_rel);
    return __real_sched_yield();
}

int __wrap_posix_fadvise(int fd, off_t offset, off_t size, int advice)
{
    if (advice == POSIX_FADV_WILLNEED)
        atomic_fetch_add_explicit(&reads_ahead, 1, memory_order_acq_rel);
    return __real_posix_fadvise(fd, offset, size, advice);
}

struct room {
    struct folder *folder;
    struct served served;
    struct og_waiter waiters[FAMILIES];
};

static int setup(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    char path[512];
    room->folder = folder_make();
    folder_add_slide(room->folder, "a", &(struct picture){PICTURE_SMOOTH, SIDE, SIDE, 3});
    snprintf(path, sizeof path, "%s/a.tif", room->folder->path);
    hung_reads_choose(path);
    test_thread = pthread_self();
    *state = room;
    return 0;
}

static int teardown(void **state)
{
    struct room *room = *state;
    folder_remove(&room->folder);
    free(room);
    return 0;
}

static void start(struct room *room, struct og_engine_options options)
{
    served_open(&room->served, room->folder->path, options);
    atomic_store_explicit(&yields, 0, memory_order_release);
    atomic_store_explicit(&reads_ahead, 0, memory_order_release);
}

static void forget(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)waiter, (void)status;
    og_buf_unref(&buf);
}

/* A tile of full size of each. */
static void ask_for_families(struct room *room, unsigned from, unsigned to)
{
    struct og_engine *engine = room->served.engine;
    for (unsigned i = from; i < to; i++) {
        struct og_tile_name name;
        room->waiters[i] = (struct og_waiter){.done = forget};
        assert_int_equal(og_engine_thumbnail(engine, "a", 1, &name, room->served.block), OG_OK);
        uint32_t top = og_slide_facts(name.slide)->pyramid.top;
        og_tile_name_release(&name);
        assert_int_equal(og_engine_name(engine, "a", 1, top, i % 2 * 4, i / 2 * 4, &name, room->served.block), OG_OK);
        og_engine_submit(engine, &name, &room->waiters[i], room->served.block);
        og_tile_name_release(&name);
    }
}

static uint64_t steps_in_the_end(struct room *room)
{
    while (og_engine_gauges(room->served.engine).jobs_in_flight)
        __real_sched_yield();
    return og_engine_gauges(room->served.engine).steps;
}

static void a_worker_gives_way_after_each_step_while_no_family_queues(void **state)
{
    struct room *room = *state;
    start(room, (struct og_engine_options){.workers = 1, .cache_bytes = 1 << 22});

    ask_for_families(room, 0, 1);
    uint64_t steps = steps_in_the_end(room);

    assert_true(steps > OG_FAMILY_SLOTS);
    assert_true(atomic_load_explicit(&yields, memory_order_acquire) >= steps);
    served_close(&room->served);
}

static void and_works_on_while_families_queue(void **state)
{
    struct room *room = *state;
    start(room, (struct og_engine_options){.workers = 1, .families = 1, .cache_bytes = 1 << 22});
    hung_reads_begin();
    ask_for_families(room, 0, FAMILIES);

    hung_reads_end();
    uint64_t steps = steps_in_the_end(room);

    assert_true(atomic_load_explicit(&yields, memory_order_acquire) < steps / 2);
    served_close(&room->served);
}

static void who_waits_for_a_turn_to_read_is_read_ahead(void **state)
{
    struct room *room = *state;
    start(room, (struct og_engine_options){.workers = 2, .families = FAMILIES});
    hung_reads_begin();
    ask_for_families(room, 0, 1);
    hung_reads_await(1);
    ask_for_families(room, 1, FAMILIES);
    while (!og_engine_gauges(room->served.engine).hand_free)
        __real_sched_yield(); /* until the other worker has laid aside what the first one keeps from being read */
    assert_int_equal(atomic_load_explicit(&reads_ahead, memory_order_acquire), 0);

    hung_reads_end();
    og_engine_drain(room->served.engine, OG_ENGINE_FOREVER);

    assert_int_equal(atomic_load_explicit(&reads_ahead, memory_order_acquire), FAMILIES - 1);
    served_close(&room->served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_worker_gives_way_after_each_step_while_no_family_queues, setup, teardown),
        cmocka_unit_test_setup_teardown(and_works_on_while_families_queue, setup, teardown),
        cmocka_unit_test_setup_teardown(who_waits_for_a_turn_to_read_is_read_ahead, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
