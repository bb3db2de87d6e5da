/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slide/file.h"
#include "support/folder.h"
#include "support/process_use.h"

/* Linked with --wrap=pread: the system as a test wants it. */
enum system { AS_IT_IS, IN_PIECES_WITH_INTERRUPTIONS, BROKEN };
static enum system system_is = AS_IT_IS;

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    if (system_is == BROKEN || (system_is == IN_PIECES_WITH_INTERRUPTIONS && offset % 2 && errno != EINTR)) {
        errno = system_is == BROKEN ? EIO : EINTR;
        return -1;
    }
    errno = 0;
    return __real_pread(fd, to, system_is == AS_IT_IS ? size : 1, offset);
}

static int setup(void **state)
{
    system_is = AS_IT_IS;
    folder_setup(state);
    folder_write_text(*state, "digits", "0123456789");
    return 0;
}

static struct og_file open_digits(const struct folder *folder)
{
    struct og_file file;
    assert_int_equal(og_file_open(folder->fd, "digits", &file, NULL), OG_OK);
    return file;
}

static void an_open_file_knows_its_size_and_age(void **state)
{
    const struct folder *folder = *state;
    struct timespec times[2] = {{.tv_sec = 1, .tv_nsec = 0}, {.tv_sec = 1700000000, .tv_nsec = 123456789}};
    assert_int_equal(utimensat(folder->fd, "digits", times, 0), 0);

    struct og_file file = open_digits(folder);

    assert_int_equal(file.size, 10);
    assert_int_equal(file.modified_ns, INT64_C(1700000000123456789));
    og_file_close(&file);
}

static void close_may_be_repeated_and_gives_the_descriptor_back(void **state)
{
    unsigned before = og_use_descriptors();
    struct og_file file = open_digits(*state);
    assert_int_equal(og_use_descriptors(), before + 1);

    og_file_close(&file);
    og_file_close(&file);

    assert_int_equal(file.fd, -1);
    assert_int_equal(og_use_descriptors(), before);
}

static void descriptors_are_not_inherited(void **state)
{
    struct og_file file = open_digits(*state);

    assert_true(fcntl(file.fd, F_GETFD) & FD_CLOEXEC);

    og_file_close(&file);
}

static void expect_refusal(const struct folder *folder, const char *name, enum og_status expected, const char *reason)
{
    struct og_file file = {.fd = -7};
    struct og_error err;
    unsigned before = og_use_descriptors();

    enum og_status status = og_file_open(folder->fd, name, &file, &err);

    assert_int_equal(status, expected);
    assert_int_equal(err.status, expected);
    if (!strstr(err.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", err.text, reason);
    assert_int_equal(file.fd, -7);
    assert_int_equal(og_use_descriptors(), before);
}

static void only_regular_files_are_opened(void **state)
{
    const struct folder *folder = *state;
    folder_link(folder, "digits", "link");
    folder_pipe(folder, "pipe");
    folder_directory(folder, "directory");

    expect_refusal(folder, "missing", OG_NOT_FOUND, "no such file");
    expect_refusal(folder, "link", OG_UNSUPPORTED, "symbolic link");
    expect_refusal(folder, "pipe", OG_UNSUPPORTED, "not a regular file");
    expect_refusal(folder, "directory", OG_UNSUPPORTED, "not a regular file");
    expect_refusal(folder, "/dev/null", OG_UNSUPPORTED, "not a regular file");
    expect_refusal(folder, "digits/below", OG_IO, "Not a directory");
}

static void every_range_inside_is_read_and_none_beyond(void **state)
{
    struct og_file file = open_digits(*state);
    for (unsigned mode = AS_IT_IS; mode <= IN_PIECES_WITH_INTERRUPTIONS; mode++)
        for (uint64_t offset = 0; offset < 13; offset++)
            for (size_t size = 0; size < 13; size++) {
                char bytes[13] = "............";
                system_is = mode;
                enum og_status status = og_file_read(&file, offset, bytes, size, NULL);

                bool inside = offset + size <= 10;
                assert_int_equal(status, inside ? OG_OK : OG_DAMAGED);
                if (inside)
                    assert_memory_equal(bytes, "0123456789" + offset, size);
                assert_int_equal(bytes[size < 12 ? size : 11], '.');
            }
    og_file_close(&file);
}

static void offsets_near_the_end_of_numbers_do_not_wrap(void **state)
{
    struct og_file file = open_digits(*state);
    char bytes[10];

    assert_int_equal(og_file_read(&file, UINT64_MAX, bytes, 2, NULL), OG_DAMAGED);
    assert_int_equal(og_file_read(&file, UINT64_MAX - 4, bytes, 10, NULL), OG_DAMAGED);
    assert_int_equal(og_file_read(&file, INT64_MAX, bytes, 1, NULL), OG_DAMAGED);
    assert_int_equal(og_file_read(&file, 1, bytes, SIZE_MAX, NULL), OG_DAMAGED);

    og_file_close(&file);
}

static void a_file_cut_after_opening_is_damaged(void **state)
{
    const struct folder *folder = *state;
    struct og_file file = open_digits(folder);
    struct og_error err;
    char bytes[10];
    folder_write_text(folder, "digits", "01234");

    assert_int_equal(og_file_read(&file, 2, bytes, 5, &err), OG_DAMAGED);

    assert_non_null(strstr(err.text, "5 bytes at 2"));
    og_file_close(&file);
}

static void a_failing_disk_is_an_error_with_place_and_reason(void **state)
{
    struct og_file file = open_digits(*state);
    struct og_error err;
    char bytes[3];
    system_is = BROKEN;

    assert_int_equal(og_file_read(&file, 4, bytes, 3, &err), OG_IO);

    assert_string_equal(err.text, "cannot read 3 bytes at 4: Input/output error");
    og_file_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_open_file_knows_its_size_and_age, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(close_may_be_repeated_and_gives_the_descriptor_back, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(descriptors_are_not_inherited, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(only_regular_files_are_opened, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(every_range_inside_is_read_and_none_beyond, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(offsets_near_the_end_of_numbers_do_not_wrap, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_file_cut_after_opening_is_damaged, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_failing_disk_is_an_error_with_place_and_reason, setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
