/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <dirent.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "slide/slide.h"
#include "support/folder.h"
#include "tool/draft.h"
#include "tool/run_origami.h"

static const char *const results[] = {"out.dzi", "out.tif"};

struct fixture {
    struct folder *folder, *store;
    char slide[100], large[100], result[2][100], files[100];
};

static int draw(const char *path, const char *size, const char *glass)
{
    struct origami_run made =
        ORIGAMI_RUN("demo", "--size", size, "--glass", glass, "--l0-step", "10", "--no-trellis", "-q", "-o", path);
    int code = made.code;
    origami_run_free(&made);
    return code;
}

/* The large slide, whose export takes long enough to be stopped, is not in the folder of the results. */
static int setup(void **state)
{
    struct fixture *f = *state = calloc(1, sizeof *f);
    f->folder = folder_make();
    f->store = folder_make();
    snprintf(f->slide, sizeof f->slide, "%s/slide.tif", f->folder->path);
    snprintf(f->large, sizeof f->large, "%s/large.tif", f->store->path);
    for (unsigned i = 0; i < 2; i++)
        snprintf(f->result[i], sizeof f->result[i], "%s/%s", f->folder->path, results[i]);
    snprintf(f->files, sizeof f->files, "%s/out_files", f->folder->path);
    return draw(f->slide, "3000x2000", "20") + draw(f->large, "14000x12000", "80");
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    folder_remove(&f->folder);
    folder_remove(&f->store);
    free(f);
    return 0;
}

/* The name of the unfinished export; empty: there is none. */
static void find_temporary(const struct folder *folder, char name[256])
{
    DIR *all = opendir(folder->path);
    name[0] = '\0';
    for (struct dirent *entry = readdir(all); entry && !name[0]; entry = readdir(all))
        if (strncmp(entry->d_name, ".out", 4) == 0)
            snprintf(name, 256, "%s", entry->d_name);
    closedir(all);
}

static void sleep_ms(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static int export_until(const struct fixture *f, const char *result, int signal_number, long after_ms)
{
    const char *const arguments[] = {"export", f->large, "-o", result, "--threads", "1", NULL};
    char name[256] = "";
    pid_t child = origami_start(arguments);
    for (unsigned i = 0; i < 20000 && !name[0]; i++) {
        sleep_ms(1);
        find_temporary(f->folder, name);
    }
    sleep_ms(after_ms);
    kill(child, signal_number);
    return origami_wait(child);
}

/* Killed when NAME_files had its name and NAME.dzi was still in it. */
static void what_was_killed_between_its_two_names_is_made_again(void **state)
{
    const struct fixture *f = *state;
    folder_write_text(f->folder, "out_files/unfinished.dzi", "<Image/>");
    folder_write_text(f->folder, "out_files/0/0_0.jpg", "old");
    folder_write_text(f->folder, ".out_files.draft/7/0_0.jpg", "older");

    struct origami_run run = ORIGAMI_RUN("export", f->slide, "-o", f->result[0], "-q");

    assert_string_equal(run.errs, "");
    assert_int_equal(run.code, 0);
    assert_int_equal(folder_count(f->folder), 3);
    char path[200];
    snprintf(path, sizeof path, "%s/out_files/unfinished.dzi", f->folder->path);
    assert_int_equal(access(path, F_OK), -1);
    origami_run_free(&run);
    folder_delete(f->folder, "out.dzi");

    struct origami_run again = ORIGAMI_RUN("export", f->slide, "-o", f->result[0], "-q");
    assert_int_equal(again.code, 1); /* nobody knows whose it is */
    assert_non_null(strstr(again.errs, "out_files: exists already"));
    assert_int_equal(folder_count(f->folder), 2);
    origami_run_free(&again);
    snprintf(path, sizeof path, "%s/out_files", f->folder->path);
    assert_true(og_draft_remove(path));
}

static void two_cannot_write_one_name(void **state)
{
    const struct fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        g_autofree char *name = og_draft_name(i == 0 ? f->files : f->result[i], "");
        int held = i == 0 ? og_draft_folder(name) : og_draft_file(name);
        struct origami_run run = ORIGAMI_RUN("export", f->slide, "-o", f->result[i], "-q");
        assert_int_equal(run.code, 1);
        assert_non_null(strstr(run.errs, "another process is writing it"));
        assert_true(og_draft_remove(name));
        close(held);
        assert_int_equal(folder_count(f->folder), 1);
        origami_run_free(&run);
    }
}

static void asked_to_stop_it_takes_away_what_it_has_begun(void **state)
{
    static const int signals[] = {SIGINT, SIGTERM};
    const struct fixture *f = *state;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(export_until(f, f->result[i % 2], signals[i / 2], 50), -signals[i / 2]);
        assert_int_equal(folder_count(f->folder), 1);
    }
}

static void a_disk_that_takes_no_more_is_told_in_words_and_nothing_is_left(void **state)
{
    static const rlim_t bounds[] = {4096, 1 << 20}; /* less than some tile; less than all */
    const struct fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        struct rlimit before, less;
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        less = (struct rlimit){bounds[i], before.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
        struct origami_run run = ORIGAMI_RUN("export", f->slide, "-o", f->result[i]);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(run.code, 1);
        assert_non_null(strstr(run.errs, "out"));
        assert_non_null(strstr(run.errs, "cannot write: File too large: the system's limit for the size of a file"));
        assert_int_equal(folder_count(f->folder), 1);
        origami_run_free(&run);
    }
}

static void it_says_what_it_made_and_refuses_to_make_it_again(void **state)
{
    const struct fixture *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        struct origami_run first = ORIGAMI_RUN("export", f->slide, "-o", f->result[i]);
        struct origami_run second = ORIGAMI_RUN("export", f->slide, "-o", f->result[i]);
        assert_int_equal(first.code, 0);
        assert_non_null(strstr(first.out, f->result[i]));
        assert_non_null(strstr(first.out, " levels, "));
        assert_string_equal(first.errs, "");
        assert_int_equal(second.code, 1);
        assert_non_null(strstr(second.errs, "exists already"));
        origami_run_free(&first);
        origami_run_free(&second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_killed_between_its_two_names_is_made_again),
        cmocka_unit_test(two_cannot_write_one_name),
        cmocka_unit_test(asked_to_stop_it_takes_away_what_it_has_begun),
        cmocka_unit_test(a_disk_that_takes_no_more_is_told_in_words_and_nothing_is_left),
        cmocka_unit_test(it_says_what_it_made_and_refuses_to_make_it_again),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
