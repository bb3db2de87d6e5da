/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "slide/notice.h"
#include "support/cmocka_all.h"
#include "support/folder.h"

static bool overflow; /* the next read tells that words were lost */
ssize_t __real_read(int fd, void *to, size_t size);
ssize_t __wrap_read(int fd, void *to, size_t size);

ssize_t __wrap_read(int fd, void *to, size_t size)
{
    if (!overflow)
        return __real_read(fd, to, size);
    overflow = false;
    struct inotify_event event = {.wd = -1, .mask = IN_Q_OVERFLOW};
    memcpy(to, &event, sizeof event);
    return sizeof event;
}

static struct og_notice *watching(const struct folder *folder)
{
    struct og_notice *notice;
    bool fresh;
    assert_int_equal(og_notice_new(&notice, NULL), OG_OK);
    assert_int_equal(og_notice_watch(notice, folder->path, &fresh, NULL), OG_OK);
    assert_true(fresh);
    assert_int_equal(og_notice_watch(notice, folder->path, &fresh, NULL), OG_OK);
    assert_false(fresh);
    return notice;
}

/* The system queues the word before the call that caused it returns. */
static void names_that_come_change_and_go_are_noticed(void **state)
{
    struct folder *folder = *state;
    struct og_notice *notice = watching(folder);

    assert_false(og_notice_take(notice));
    folder_write_text(folder, "a", "text");
    assert_true(og_notice_take(notice));
    assert_false(og_notice_take(notice));
    assert_int_equal(renameat(folder->fd, "a", folder->fd, "b"), 0);
    assert_true(og_notice_take(notice));
    folder_delete(folder, "b");
    assert_true(og_notice_take(notice));
    folder_directory(folder, "c");
    assert_true(og_notice_take(notice));
    og_notice_destroy(&notice);
}

static void hidden_names_are_not(void **state)
{
    struct folder *folder = *state;
    struct og_notice *notice = watching(folder);

    folder_write_text(folder, ".a.tif.new", "half a slide");
    assert_false(og_notice_take(notice));
    assert_int_equal(renameat(folder->fd, ".a.tif.new", folder->fd, "a.tif"), 0);

    assert_true(og_notice_take(notice));
    og_notice_destroy(&notice);
}

static void lost_words_count_as_a_change(void **state)
{
    struct folder *folder = *state;
    struct og_notice *notice = watching(folder);

    overflow = true;
    assert_true(og_notice_take(notice));

    assert_false(og_notice_take(notice));
    og_notice_destroy(&notice);
}

static void a_folder_that_moved_is_noticed_and_its_name_watched(void **state)
{
    struct folder *outer = *state;
    struct folder folder = {.fd = outer->fd};
    struct og_error err;
    bool fresh;
    snprintf(folder.path, sizeof folder.path, "%.40s/in", outer->path);
    folder_directory(outer, "in");
    struct og_notice *notice = watching(&folder);

    assert_int_equal(renameat(outer->fd, "in", outer->fd, "out"), 0);
    assert_true(og_notice_take(notice));
    assert_int_equal(og_notice_watch(notice, folder.path, &fresh, &err), OG_NOT_FOUND);
    og_notice_take(notice);
    folder_write_text(outer, "out/a", "");
    assert_false(og_notice_take(notice));
    folder_directory(outer, "in");
    assert_int_equal(og_notice_watch(notice, folder.path, &fresh, &err), OG_OK);
    assert_true(fresh);
    folder_write_text(outer, "in/a", "");

    assert_true(og_notice_take(notice));
    og_notice_destroy(&notice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_that_come_change_and_go_are_noticed, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(hidden_names_are_not, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(lost_words_count_as_a_change, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_moved_is_noticed_and_its_name_watched, folder_setup,
                                        folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
