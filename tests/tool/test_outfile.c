/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/folder.h"
#include "tool/outfile.h"

static bool old_file_system; /* cannot give a name only if nothing has it */

/* Instead of the C library's, which asks the system the same. */
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    errno = EINVAL;
    return old_file_system ? -1 : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

static const char *path_in(const struct folder *folder, const char *name, char room[128])
{
    snprintf(room, 128, "%s/%s", folder->path, name);
    return room;
}

static void content_of(const char *path, char room[64])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, room, 63);
    room[n > 0 ? n : 0] = '\0';
    close(fd);
}

static void a_file_has_its_name_only_after_commit(void **state)
{
    struct folder *folder = *state;
    struct og_outfile file;
    struct og_error err;
    char path[128], content[64];
    assert_int_equal(og_outfile_open(path_in(folder, "new.tif", path), "", &file, &err), OG_OK);
    assert_int_equal(og_outfile_write(&file, 3, "def", 3, &err), OG_OK);
    assert_int_equal(og_outfile_write(&file, 0, "abc", 3, &err), OG_OK);
    assert_int_not_equal(access(path, F_OK), 0);

    assert_int_equal(og_outfile_commit(&file, &err), OG_OK);
    content_of(path, content);
    assert_string_equal(content, "abcdef");
    assert_int_equal(folder_count(folder), 1);
    og_outfile_discard(&file);
    assert_int_equal(folder_count(folder), 1);
}

static void a_discarded_file_leaves_nothing_and_the_old_one_alone(void **state)
{
    struct folder *folder = *state;
    struct og_outfile file;
    struct og_error err;
    char path[128], content[64];
    folder_write_text(folder, "old.tif", "old");
    assert_int_equal(og_outfile_open(path_in(folder, "old.tif", path), "", &file, &err), OG_OK);
    assert_int_equal(og_outfile_write(&file, 0, "new", 3, &err), OG_OK);

    og_outfile_discard(&file);
    content_of(path, content);
    assert_string_equal(content, "old");
    assert_int_equal(folder_count(folder), 1);
}

static void commit_new(const struct folder *folder, const char *name, enum og_status expected)
{
    struct og_outfile file;
    struct og_error err = {0};
    char path[128];
    assert_int_equal(og_outfile_open(path_in(folder, name, path), "", &file, &err), OG_OK);
    assert_int_equal(og_outfile_write(&file, 0, "new", 3, &err), OG_OK);
    assert_int_equal(og_outfile_commit_new(&file, &err), expected);
    assert_true(expected == OG_OK || strstr(err.text, "exists already"));
}

static void a_new_file_replaces_nothing_on_any_file_system(void **state)
{
    struct folder *folder = *state;
    char path[128], content[64];
    for (unsigned i = 0; i < 2; i++) {
        old_file_system = i == 1;
        folder_write_text(folder, "old.tif", "old");
        commit_new(folder, "old.tif", OG_IO);
        commit_new(folder, "new.tif", OG_OK);
        content_of(path_in(folder, "old.tif", path), content);
        assert_string_equal(content, "old");
        content_of(path_in(folder, "new.tif", path), content);
        assert_string_equal(content, "new");
        assert_int_equal(folder_count(folder), 2);
        folder_delete(folder, "new.tif");
    }
    old_file_system = false;
}

static void a_finished_file_has_the_mode_that_the_umask_gives(void **state)
{
    struct folder *folder = *state;
    struct og_outfile file;
    struct og_error err;
    struct stat st;
    char path[128];
    mode_t old = umask(027);
    assert_int_equal(og_outfile_open(path_in(folder, "mode.tif", path), "", &file, &err), OG_OK);
    assert_int_equal(og_outfile_commit(&file, &err), OG_OK);
    umask(old);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
    struct folder *folder = *state;
    struct og_outfile file;
    struct og_error err;
    char path[128];
    assert_int_equal(og_outfile_open(path_in(folder, "no/such.tif", path), "", &file, &err), OG_IO);
    assert_non_null(strstr(err.text, path));
    assert_int_equal(og_outfile_open(folder->path, "", &file, &err), OG_IO);
    assert_non_null(strstr(err.text, "no regular file"));
    og_outfile_discard(&file);
}

static void a_full_disk_is_told_in_words(void **state)
{
    struct og_error err;
    (void)state;
    assert_int_equal(og_outfile_error("x.tif", "write", 28 /* ENOSPC */, &err), OG_IO);
    assert_non_null(strstr(err.text, "x.tif"));
    assert_non_null(strstr(err.text, "the disk is full"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_has_its_name_only_after_commit, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_discarded_file_leaves_nothing_and_the_old_one_alone, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_new_file_replaces_nothing_on_any_file_system, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_finished_file_has_the_mode_that_the_umask_gives, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_place_that_cannot_be_written_is_named, folder_setup, folder_teardown),
        cmocka_unit_test(a_full_disk_is_told_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
