/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/folder.h"
#include "tool/draft.h"

static char *name_in(const struct folder *folder)
{
    g_autofree char *path = g_build_filename(folder->path, "out.tif", NULL);
    return og_draft_name(path, "");
}

/* Somebody who begins a draft, writes into it and is killed. */
static void leave_one_behind(const char *name, bool is_folder)
{
    pid_t child = fork();
    if (child == 0) {
        int fd = is_folder ? og_draft_folder(name) : og_draft_file(name);
        bool written = is_folder ? mkdirat(fd, "level", 0700) == 0 : write(fd, "half", 4) == 4;
        _exit(written ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void what_a_dead_process_left_is_taken_away_by_the_next(void **state)
{
    g_autofree char *name = name_in(*state);
    for (unsigned kind = 0; kind < 4; kind++) {
        struct stat st;
        leave_one_behind(name, kind & 1);
        int fd = kind & 2 ? og_draft_folder(name) : og_draft_file(name);
        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(S_ISDIR(st.st_mode) != 0, (kind & 2) != 0);
        if (kind & 2)
            assert_int_equal(rmdir(name), 0); /* it is empty */
        else
            assert_int_equal(st.st_size, 0);
        close(fd);
    }
}

static void what_somebody_writes_is_left_to_him(void **state)
{
    g_autofree char *name = name_in(*state);
    int held = og_draft_file(name);
    assert_true(held >= 0);

    assert_int_equal(og_draft_file(name), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(og_draft_folder(name), -1);
    assert_false(og_draft_clear(name));
    assert_int_equal(access(name, F_OK), 0);

    close(held);
    assert_true(og_draft_clear(name));
    assert_int_equal(access(name, F_OK), -1);
    assert_true(og_draft_clear(name));
}

static void a_folder_that_is_not_there_is_no_reason_to_try_for_ever(void **state)
{
    (void)state;
    assert_int_equal(og_draft_file("/no/such/.x.draft"), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(og_draft_folder("/no/such/.x.draft"), -1);
    assert_int_equal(errno, ENOENT);
}

static void a_link_in_the_way_is_not_followed(void **state)
{
    const struct folder *folder = *state;
    g_autofree char *name = name_in(folder);
    folder_write_text(folder, "precious", "keep");
    folder_link(folder, "precious", ".out.tif.draft");

    assert_int_equal(og_draft_file(name), -1);
    assert_int_equal(og_draft_folder(name), -1);
    assert_int_equal(folder_count(folder), 2);
}

/* Many who begin and end one draft at once: never do two hold it. */
static void of_many_only_one_has_it(void **state)
{
    enum { PROCESSES = 4, ROUNDS = 300 };
    g_autofree char *name = name_in(*state);
    g_autofree char *inside = g_strconcat(name, ".inside", NULL);
    pid_t children[PROCESSES];
    for (unsigned i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] != 0)
            continue;
        for (unsigned round = 0; round < ROUNDS;) {
            int fd = round % 2 ? og_draft_folder(name) : og_draft_file(name);
            if (fd < 0 && errno != EWOULDBLOCK)
                _exit(1);
            if (fd < 0)
                continue;
            if (mkdir(inside, 0700) != 0 || rmdir(inside) != 0)
                _exit(2);
            if (round++ % 3 && !og_draft_remove(name)) /* or leaves it as if it was killed */
                _exit(3);
            close(fd);
        }
        _exit(0);
    }
    for (unsigned i = 0; i < PROCESSES; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(what_a_dead_process_left_is_taken_away_by_the_next),
        IN_FOLDER(what_somebody_writes_is_left_to_him),
        IN_FOLDER(a_folder_that_is_not_there_is_no_reason_to_try_for_ever),
        IN_FOLDER(a_link_in_the_way_is_not_followed),
        IN_FOLDER(of_many_only_one_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
