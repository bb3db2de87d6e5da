/* SPDX-License-Identifier: MIT */
#include "../../src/engine/reads.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"

/* Two workers, so that a slide has one turn: job 0 has it, and the others are laid aside. */
enum { WORKERS = 2, JOBS = 5 };

struct queue {
    struct folder *folder;
    struct og_slide *slide;
    struct og_reads *reads;
    struct og_job jobs[JOBS];
};

static int setup(void **state)
{
    struct queue *queue = calloc(1, sizeof *queue);
    queue->folder = folder_make();
    folder_add_slide(queue->folder, "a", &(struct picture){PICTURE_SMOOTH, 1024, 1024, 3});
    int directory = open(queue->folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum og_status status = og_slide_open(directory, "a.tif", 7, &queue->slide, NULL);
    close(directory);
    queue->reads = og_reads_new(WORKERS, 2 * JOBS);
    for (unsigned i = 0; i < JOBS; i++)
        queue->jobs[i] = (struct og_job){.slide = queue->slide, .family = i % 2, .level = 10 + i, .x = i, .y = 2 * i};
    *state = queue;
    return status == OG_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct queue *queue = *state;
    og_reads_destroy(&queue->reads);
    og_slide_unref(&queue->slide);
    folder_remove(&queue->folder);
    free(queue);
    return 0;
}

static void enter(struct queue *queue, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++)
        assert_int_equal(og_reads_enter(queue->reads, &queue->jobs[i]), i == 0 ? OG_READ_NOW : OG_READ_LATER);
}

static void expect_named(struct queue *queue, unsigned i)
{
    struct og_read_name name;
    assert_true(og_reads_name_next(queue->reads, og_slide_key(queue->slide), &name));
    assert_int_equal(name.family, i % 2);
    assert_int_equal(name.level, 10 + i);
    assert_int_equal(name.x, i);
    assert_int_equal(name.y, 2 * i);
}

static void expect_nobody(struct queue *queue)
{
    struct og_read_name name;
    assert_false(og_reads_name_next(queue->reads, og_slide_key(queue->slide), &name));
}

static struct og_job *leave(struct queue *queue)
{
    return og_reads_leave(queue->reads, og_slide_key(queue->slide));
}

static void nobody_is_named_while_nobody_waits(void **state)
{
    struct queue *queue = *state;
    enter(queue, 0, 1);

    expect_nobody(queue);
}

static void who_waits_is_named_once_and_in_order(void **state)
{
    struct queue *queue = *state;
    enter(queue, 0, 4);

    expect_named(queue, 1);
    expect_named(queue, 2);
    expect_named(queue, 3);
    expect_nobody(queue);

    enter(queue, 4, 5);
    expect_named(queue, 4);
    expect_nobody(queue);
}

static void who_was_handed_the_turn_is_not_named(void **state)
{
    struct queue *queue = *state;
    enter(queue, 0, 4);

    assert_ptr_equal(leave(queue), &queue->jobs[1]);

    expect_named(queue, 2);
    assert_ptr_equal(leave(queue), &queue->jobs[2]);
    expect_named(queue, 3);
}

static void names_begin_anew_when_all_have_had_their_turn(void **state)
{
    struct queue *queue = *state;
    enter(queue, 0, 2);
    expect_named(queue, 1);
    assert_ptr_equal(leave(queue), &queue->jobs[1]);

    enter(queue, 2, 3);

    expect_named(queue, 2);
    expect_nobody(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_named_while_nobody_waits, setup, teardown),
        cmocka_unit_test_setup_teardown(who_waits_is_named_once_and_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(who_was_handed_the_turn_is_not_named, setup, teardown),
        cmocka_unit_test_setup_teardown(names_begin_anew_when_all_have_had_their_turn, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
