/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/folder.h"
#include "tool/draft.h"
#include "tool/run_origami.h"

/*
 * Every verb that writes is killed at moments all over the time that it takes on this machine: SIGKILL, after which
 * nobody can clean up but the next run. What has a final name is whole, be it the old or the new; and the run after
 * that succeeds and leaves nothing beside its result.
 */

enum { MOMENTS = 9, ARGUMENTS_MAX = 12 };

#define SIZE "1500x1100"
#define STEP "--l0-step", "10" /* no search for one: more of the time goes into writing */

struct writer {
    const char *name;
    const char *arguments[ARGUMENTS_MAX]; /* in the folder of the test */
    const char *results[2];               /* the last one is named last */
    bool replaces;                        /* what has the name already */
};

static const struct writer writers[] = {
    {"encode", {"encode", "source.tif", "-q", STEP, "-o", "out.tif"}, {NULL, "out.tif"}, true},
    {"demo", {"demo", "--size", SIZE, "-q", STEP, "-o", "out.tif"}, {NULL, "out.tif"}, true},
    {"demo of a picture", {"demo", "--size", SIZE, "-q", "-o", "out.png"}, {NULL, "out.png"}, true},
    {"export to TIFF", {"export", "slide.tif", "-q", "-o", "out.tif"}, {NULL, "out.tif"}, false},
    {"export to Deep Zoom", {"export", "slide.tif", "-q", "-o", "out.dzi"}, {"out_files", "out.dzi"}, false},
    {"tile", {"tile", "slide.tif", "11", "4", "4", "-o", "out.jpg"}, {NULL, "out.jpg"}, true},
};

enum { WRITERS = sizeof writers / sizeof writers[0] };

static void rename_or_fail(const char *from, const char *to)
{
    if (rename(from, to) != 0)
        fail_msg("%s to %s: %s", from, to, strerror(errno));
}

static bool is_same(const char *a, const char *b)
{
    char command[300];
    snprintf(command, sizeof command, "diff -rq '%s' '%s' > /dev/null 2>&1", a, b);
    return system(command) == 0;
}

static bool is_there(const char *name)
{
    return access(name, F_OK) == 0;
}

static int set_up(void **state)
{
    struct folder *folder = *state = folder_make();
    assert_int_equal(chdir(folder->path), 0);
    folder_directory(folder, "whole");
    struct origami_run slide = ORIGAMI_RUN("demo", "--size", SIZE, "--glass", "20", "-q", "-o", "slide.tif");
    struct origami_run source =
        ORIGAMI_RUN("demo", "--plain", "--size", SIZE, "--seed", "3", "-q", "-o", "source.tif[tile,compression=jpeg]");
    assert_int_equal(slide.code, 0);
    assert_int_equal(source.code, 0);
    origami_run_free(&slide);
    origami_run_free(&source);
    return 0;
}

static int tear_down(void **state)
{
    assert_int_equal(chdir("/"), 0);
    folder_remove((struct folder **)state);
    return 0;
}

static uint64_t run_undisturbed_ns(const struct writer *w)
{
    uint64_t began = og_clock_monotonic_ns();
    struct origami_run run = origami_run_list(w->arguments);
    if (run.code != 0)
        fail_msg("%s: %s", w->name, run.errs);
    origami_run_free(&run);
    return og_clock_monotonic_ns() - began;
}

static void kill_after(const struct writer *w, uint64_t ns)
{
    pid_t child = origami_start(w->arguments);
    nanosleep(&(struct timespec){(time_t)(ns / 1000000000), (long)(ns % 1000000000)}, NULL);
    kill(child, SIGKILL);
    int code = origami_wait(child);
    if (code != 0 && code != -SIGKILL)
        fail_msg("%s, killed after %llu ns: ended with %d", w->name, (unsigned long long)ns, code);
}

static void take_away(const struct writer *w)
{
    for (unsigned i = 0; i < 2; i++)
        if (w->results[i])
            og_draft_remove(w->results[i]);
}

static void keep_as_whole(const struct writer *w)
{
    for (unsigned i = 0; i < 2; i++) {
        char whole[100];
        snprintf(whole, sizeof whole, "whole/%s", w->results[i]);
        if (w->results[i]) {
            og_draft_remove(whole);
            rename_or_fail(w->results[i], whole);
        }
    }
}

/* True: the run was killed before it was done. */
static bool is_unharmed(const struct writer *w, bool had_old)
{
    char whole[100];
    const char *last = w->results[1];
    snprintf(whole, sizeof whole, "whole/%s", last);
    if (had_old && is_same(last, "slide.tif"))
        return true;
    if (!is_there(last)) {
        assert_false(had_old);
        return true;
    }
    if (!is_same(last, whole))
        fail_msg("%s: %s is not whole", w->name, last);
    if (w->results[0]) {
        snprintf(whole, sizeof whole, "whole/%s", w->results[0]);
        assert_true(is_same(w->results[0], whole));
    }
    return false;
}

/* What was there before; of a slide's name, nothing else is replaced. */
static void copy_slide(const char *to)
{
    char command[300];
    snprintf(command, sizeof command, "cp slide.tif '%s'", to);
    assert_int_equal(system(command), 0);
}

/* Moments are spread evenly, with a step that no other one divides, so that each round falls elsewhere. */
static unsigned kill_again_and_again(const struct folder *folder, const struct writer *w)
{
    uint64_t whole_ns = run_undisturbed_ns(w);
    keep_as_whole(w);
    unsigned clean = folder_count(folder) + (w->results[0] ? 2 : 1), killed = 0;
    for (unsigned i = 0; i < MOMENTS; i++) {
        bool had_old = w->replaces && i % 2;
        if (had_old)
            copy_slide(w->results[1]);
        kill_after(w, whole_ns * ((i * 7) % MOMENTS) / MOMENTS);
        killed += is_unharmed(w, had_old);
        if (had_old || is_there(w->results[1]))
            take_away(w);
        if (i % 3 == 1)
            continue; /* what two of them leave is cleaned up too */
        run_undisturbed_ns(w);
        assert_false(is_unharmed(w, false));
        assert_int_equal(folder_count(folder), clean);
        take_away(w);
    }
    take_away(w);
    return killed;
}

static void what_a_killed_run_leaves_is_whole_and_the_next_run_cleans_up(void **state)
{
    const struct folder *folder = *state;
    for (unsigned i = 0; i < WRITERS; i++)
        assert_true(kill_again_and_again(folder, &writers[i]) > 0);
    og_draft_remove("whole");
    assert_int_equal(folder_count(folder), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_killed_run_leaves_is_whole_and_the_next_run_cleans_up),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
