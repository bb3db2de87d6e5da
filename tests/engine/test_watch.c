/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/library.h"
#include "engine/watch.h"
#include "slide/slide.h"
#include "support/cmocka_all.h"
#include "support/folder.h"
#include "support/hearing.h"
#include "support/process_use.h"
#include "support/tiny_slides.h"

/* What happens in a folder is known some time later: tests wait for it, as long as it takes. */

#define PATIENCE_NS UINT64_C(30000000000)
#define PATIENCE_MS 30000

struct fixture {
    struct folder *folder; /* `slides` is in it */
    struct hearing hearing;
    struct og_library *library;
    struct og_watch *watch;
    atomic_size_t told; /* slides, when a rescan that was asked for was done */
};

static atomic_bool
    no_room; /* for one more watch; relaxed: it is set before the thread is there, or it does not matter */
int __real_inotify_add_watch(int fd, const char *path, uint32_t mask);
int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask);

int __wrap_inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (!atomic_load_explicit(&no_room, memory_order_relaxed))
        return __real_inotify_add_watch(fd, path, mask);
    errno = ENOSPC;
    return -1;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    atomic_store_explicit(&no_room, false, memory_order_relaxed);
    f->folder = folder_make();
    folder_directory(f->folder, "slides");
    hearing_open(&f->hearing);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    assert_true(og_watch_stop(&f->watch, PATIENCE_MS));
    og_library_close(&f->library);
    hearing_close(&f->hearing);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void start(struct fixture *f, struct og_watch_options options)
{
    char path[128];
    snprintf(path, sizeof path, "%s/slides", f->folder->path);
    assert_int_equal(og_library_open(path, f->hearing.log, f->hearing.metrics, &f->library, NULL), OG_OK);
    assert_int_equal(og_watch_start(&options, f->library, f->hearing.log, &f->watch, NULL), OG_OK);
}

static void move(struct fixture *f, const char *from, const char *to)
{
    assert_int_equal(renameat(f->folder->fd, from, f->folder->fd, to), 0);
}

static void move_deepzoom(struct fixture *f, const char *from, const char *to)
{
    char a[256], b[256];
    snprintf(a, sizeof a, "%s_files", from);
    snprintf(b, sizeof b, "%s_files", to);
    move(f, a, b);
    snprintf(a, sizeof a, "%s.dzi", from);
    snprintf(b, sizeof b, "%s.dzi", to);
    move(f, a, b);
}

static void add(struct fixture *f, const char *id)
{
    char to[128], from[128];
    snprintf(from, sizeof from, "new-%s", id);
    snprintf(to, sizeof to, "slides/%s", id);
    tiny_deepzoom(f->folder, from, 1);
    move_deepzoom(f, from, to);
}

static void add_published(struct fixture *f, const char *id)
{
    char from[64], to[64];
    snprintf(from, sizeof from, "new-%s", id);
    snprintf(to, sizeof to, "slides/%s", id);
    tiny_published(f->folder, from);
    move(f, from, to);
}

/* The slide's key, 0 for none. */
static uint64_t key_of(struct fixture *f, const char *id)
{
    struct og_slide *slide = og_library_find(f->library, id, strlen(id), f->hearing.block);
    uint64_t key = slide ? og_slide_key(slide) : 0;
    og_slide_unref(&slide);
    return key;
}

/* Until it is there as another one than `not`: 0 for one that is there at all. */
static uint64_t await(struct fixture *f, const char *id, uint64_t not )
{
    uint64_t give_up = og_clock_monotonic_ns() + PATIENCE_NS, key;
    while ((key = key_of(f, id)) == 0 || key == not ) {
        if (og_clock_monotonic_ns() > give_up)
            fail_msg("%s is not served", id);
        usleep(2000);
    }
    return key;
}

static void await_end(struct fixture *f, const char *id)
{
    uint64_t give_up = og_clock_monotonic_ns() + PATIENCE_NS;
    while (key_of(f, id)) {
        if (og_clock_monotonic_ns() > give_up)
            fail_msg("%s is still served", id);
        usleep(2000);
    }
}

static void await_line(struct fixture *f, const char *words)
{
    uint64_t give_up = og_clock_monotonic_ns() + PATIENCE_NS;
    while (!hearing_count(&f->hearing, words)) {
        if (og_clock_monotonic_ns() > give_up)
            fail_msg("no \"%s\" in\n%s", words, f->hearing.lines);
        usleep(2000);
    }
}

static void one_slide_after_the_other_appears_and_goes(void **state)
{
    struct fixture *f = *state;
    start(f, (struct og_watch_options){0});

    add(f, "a");
    uint64_t a = await(f, "a", 0);
    add(f, "b");
    await(f, "b", 0);
    add_published(f, "c");
    await(f, "c", 0);
    assert_int_equal(key_of(f, "a"), a);

    folder_delete(f->folder, "slides/b.dzi");
    await_end(f, "b");
    move(f, "slides/c", "c");
    await_end(f, "c");
    assert_int_equal(key_of(f, "a"), a);
    await_line(f, "info catalogue: opened a.dzi\n");
    await_line(f, "info catalogue: opened c\n");
    await_line(f, "info catalogue: removed b.dzi\n");
    await_line(f, "info catalogue: removed c\n");
}

static void a_replaced_slide_is_another_one(void **state)
{
    struct fixture *f = *state;
    add(f, "a");
    start(f, (struct og_watch_options){0});
    uint64_t before = key_of(f, "a");
    assert_int_not_equal(before, 0);

    tiny_deepzoom(f->folder, "new", 2);
    move(f, "new.dzi", "slides/a.dzi");

    await(f, "a", before);
    await_line(f, "info catalogue: replaced a.dzi\n");
}

static void a_file_that_is_being_written_is_served_when_it_is_finished(void **state)
{
    struct fixture *f = *state;
    static const char text[] = "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='1' Height='1'/></Image>";
    start(f, (struct og_watch_options){0});
    folder_write_text(f->folder, "slides/a_files/0/0_0.jpg", "tile");

    int fd = openat(f->folder->fd, "slides/a.dzi", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(write(fd, text, 20), 20);
    await_line(f, "skipped a.dzi: line 1");
    assert_int_equal(key_of(f, "a"), 0);
    assert_int_equal(write(fd, text + 20, sizeof text - 21), sizeof text - 21);
    close(fd);

    await(f, "a", 0);
}

static void what_replaces_a_slide_and_is_none_ends_it(void **state)
{
    struct fixture *f = *state;
    add(f, "a");
    start(f, (struct og_watch_options){0});

    folder_write_text(f->folder, "broken", "<Image");
    move(f, "broken", "slides/a.dzi");

    await_end(f, "a");
    await_line(f, "it is served no more\n");
}

static void a_folder_that_vanishes_and_comes_back_is_watched_again(void **state)
{
    struct fixture *f = *state;
    add(f, "a");
    start(f, (struct og_watch_options){0});

    move(f, "slides", "elsewhere");
    await_end(f, "a");
    await_line(f, "there is no such folder any more");
    move(f, "elsewhere", "slides");
    await(f, "a", 0);
    await_line(f, "can be read again");
    add(f, "b");

    await(f, "b", 0);
    assert_int_equal(hearing_count(&f->hearing, "there is no such folder any more"), 1);
}

static void another_folder_of_the_same_name_takes_its_place(void **state)
{
    struct fixture *f = *state;
    add(f, "a");
    start(f, (struct og_watch_options){0});
    tiny_deepzoom(f->folder, "other/b", 1);

    move(f, "slides", "elsewhere");
    move(f, "other", "slides");
    await(f, "b", 0);
    await_end(f, "a");
    add(f, "c");

    await(f, "c", 0);
}

static void without_notices_the_folder_is_read_every_so_often(void **state)
{
    struct fixture *f = *state;
    start(f, (struct og_watch_options){.rescan_s = 1, .unnoticed = true});

    add(f, "a");
    await(f, "a", 0);
    folder_delete(f->folder, "slides/a.dzi");

    await_end(f, "a");
}

static void who_asks_is_heard_when_nothing_else_is(void **state)
{
    struct fixture *f = *state;
    start(f, (struct og_watch_options){.unnoticed = true});

    add(f, "a");
    og_watch_ask(f->watch);
    await(f, "a", 0);
    add(f, "b");
    og_watch_ask(f->watch);

    await(f, "b", 0);
}

static void note_count(void *context)
{
    struct fixture *f = context;
    atomic_store_explicit(&f->told, og_library_count(f->library), memory_order_relaxed); /* stands alone */
}

static void who_asks_is_told_when_the_folder_was_read(void **state)
{
    struct fixture *f = *state;
    add(f, "a");
    start(f, (struct og_watch_options){.unnoticed = true, .answer = note_count, .context = f});
    add(f, "b");
    assert_int_equal(atomic_load_explicit(&f->told, memory_order_relaxed), 0);

    og_watch_ask(f->watch);
    while (atomic_load_explicit(&f->told, memory_order_relaxed) == 0)
        usleep(1000);

    assert_int_equal(atomic_load_explicit(&f->told, memory_order_relaxed), 2);
}

static void who_did_not_ask_is_not_told(void **state)
{
    struct fixture *f = *state;
    start(f, (struct og_watch_options){.rescan_s = 1, .answer = note_count, .context = f});

    add(f, "a");
    await(f, "a", 0);
    assert_true(og_watch_stop(&f->watch, PATIENCE_MS));

    assert_int_equal(atomic_load_explicit(&f->told, memory_order_relaxed), 0);
}

static void a_limit_of_watches_is_told_once_and_outlived(void **state)
{
    struct fixture *f = *state;
    atomic_store_explicit(&no_room, true, memory_order_relaxed);
    start(f, (struct og_watch_options){.rescan_s = 1});

    add(f, "a");
    await(f, "a", 0);
    add(f, "b");
    await(f, "b", 0);
    assert_int_equal(hearing_count(&f->hearing, "the limit of watches is reached"), 1);
    atomic_store_explicit(&no_room, false, memory_order_relaxed);

    await_line(f, "changes of the folder are noticed again");
}

/* Whether `f`, which notices, serves a new slide before `clock`, which has just read its folder, reads it again. */
static bool is_served_first(struct fixture *f, struct fixture *clock, unsigned round, bool restless)
{
    char id[16];
    snprintf(id, sizeof id, "at-%u", round);
    add(clock, id);
    await(clock, id, 0);
    snprintf(id, sizeof id, "s-%u", round);
    add(clock, id);
    add(f, id);
    while (!key_of(f, id) && !key_of(clock, id)) {
        if (restless)
            folder_write_text(f->folder, "slides/noise.txt", id);
        usleep(1000);
    }
    bool first = !key_of(clock, id);
    await(f, id, 0);
    return first;
}

/* A second is the shortest period that there is. Once in a while the machine may be slow, but not each time. */
static void expect_within_a_second(struct fixture *f, bool restless)
{
    struct fixture *clock;
    bool first = false;
    setup((void **)&clock);
    start(f, (struct og_watch_options){0});
    start(clock, (struct og_watch_options){.rescan_s = 1, .unnoticed = true});
    for (unsigned round = 0; round < 8 && !first; round++)
        first = is_served_first(f, clock, round, restless);
    teardown((void **)&clock);
    assert_true(first);
}

static void what_is_noticed_is_served_within_a_second(void **state)
{
    assert_true(OG_WATCH_QUIET_MS < OG_WATCH_SETTLED_MS && 2 * OG_WATCH_SETTLED_MS <= 1000);
    expect_within_a_second(*state, false);
}

static void and_so_it_is_when_the_folder_never_rests(void **state)
{
    expect_within_a_second(*state, true);
}

static void what_is_no_slide_is_complained_about_once(void **state)
{
    struct fixture *f = *state;
    folder_write_text(f->folder, "slides/foreign.tif", "no slide");
    start(f, (struct og_watch_options){0});

    for (unsigned i = 0; i < 4; i++) {
        char id[16];
        snprintf(id, sizeof id, "s%u", i);
        add(f, id);
        await(f, id, 0);
    }
    assert_int_equal(hearing_count(&f->hearing, "skipped foreign.tif"), 1);
    folder_write_text(f->folder, "other.tif", "no slide either");
    move(f, "other.tif", "slides/foreign.tif");
    add(f, "last");
    await(f, "last", 0);

    assert_int_equal(hearing_count(&f->hearing, "skipped foreign.tif"), 2);
    assert_int_equal(og_metrics_sum(f->hearing.metrics, OG_COUNT_SLIDE_SKIPPED),
                     hearing_count(&f->hearing, "skipped "));
}

static void starts_and_stops_leave_no_descriptor(void **state)
{
    struct fixture *f = *state;
    start(f, (struct og_watch_options){0});
    assert_true(og_watch_stop(&f->watch, PATIENCE_MS));
    unsigned before = og_use_descriptors();

    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(og_watch_start(&(struct og_watch_options){0}, f->library, f->hearing.log, &f->watch, NULL),
                         OG_OK);
        if (i % 2)
            og_watch_ask(f->watch);
        assert_true(og_watch_stop(&f->watch, PATIENCE_MS));
    }

    assert_int_equal(og_use_descriptors(), before);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(one_slide_after_the_other_appears_and_goes),
        WITH_FOLDER(a_replaced_slide_is_another_one),
        WITH_FOLDER(a_file_that_is_being_written_is_served_when_it_is_finished),
        WITH_FOLDER(what_replaces_a_slide_and_is_none_ends_it),
        WITH_FOLDER(a_folder_that_vanishes_and_comes_back_is_watched_again),
        WITH_FOLDER(another_folder_of_the_same_name_takes_its_place),
        WITH_FOLDER(without_notices_the_folder_is_read_every_so_often),
        WITH_FOLDER(who_asks_is_heard_when_nothing_else_is),
        WITH_FOLDER(who_asks_is_told_when_the_folder_was_read),
        WITH_FOLDER(who_did_not_ask_is_not_told),
        WITH_FOLDER(a_limit_of_watches_is_told_once_and_outlived),
        WITH_FOLDER(what_is_noticed_is_served_within_a_second),
        WITH_FOLDER(and_so_it_is_when_the_folder_never_rests),
        WITH_FOLDER(what_is_no_slide_is_complained_about_once),
        WITH_FOLDER(starts_and_stops_leave_no_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
