/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/cmocka_all.h"
#include "support/forbid.h"
#include "support/pictures.h"
#include "support/served.h"

/* An engine in a process that is not allowed io_uring. */

enum { LOG_MAX = 4096 };

static int setup(void **state)
{
    struct folder *folder = folder_make();
    folder_add_slide(folder, "slide", &(struct picture){PICTURE_SMOOTH, 600, 500, 1});
    *state = folder;
    return 0;
}

/* An engine whose readers are of this kind answers a tile: the kind that is in use, and what the log says. */
static enum og_reader_kind in_use(const struct folder *folder, enum og_reader_kind wanted, char log[LOG_MAX])
{
    struct served s = {.log_fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)};
    struct og_engine_options options = {.workers = 3, .cache_bytes = 1 << 20, .reader = wanted};
    struct og_error err = {0};
    struct og_buf *tile = NULL;
    s.log = og_log_new(s.log_fd, OG_LOG_INFO);
    s.metrics = og_metrics_new();
    s.block = og_metrics_take(s.metrics);
    assert_int_equal(og_library_open(folder->path, s.log, s.metrics, &s.library, &err), OG_OK);
    assert_int_equal(og_engine_new(&options, s.library, s.log, s.metrics, &s.engine, &err), OG_OK);

    assert_int_equal(served_ask(&s, s.block, "slide", 10, 1, 1, &tile), OG_OK);

    og_buf_unref(&tile);
    enum og_reader_kind found = og_engine_gauges(s.engine).reader;
    ssize_t length = pread(s.log_fd, log, LOG_MAX - 1, 0);
    log[length > 0 ? length : 0] = '\0';
    served_close(&s);
    return found;
}

static void a_reader_that_is_forbidden_gives_way_to_pread_with_one_line(void **state)
{
    char log[LOG_MAX];

    assert_int_equal(in_use(*state, OG_READER_URING, log), OG_READER_PREAD);

    const char *line =
        strstr(log, "reader uring does not work here, slides are read with pread: io_uring is forbidden");
    assert_non_null(line);
    assert_null(strstr(line + 1, "reader uring"));
}

static void readers_that_work_are_taken_without_a_word(void **state)
{
    char log[LOG_MAX];

    assert_int_equal(in_use(*state, OG_READER_MMAP, log), OG_READER_MMAP);
    assert_null(strstr(log, "reader"));
    assert_int_equal(in_use(*state, OG_READER_PREAD, log), OG_READER_PREAD);
    assert_null(strstr(log, "reader"));
    assert_int_equal(in_use(*state, OG_READER_AUTO, log), OG_READER_PREAD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_that_is_forbidden_gives_way_to_pread_with_one_line),
        cmocka_unit_test(readers_that_work_are_taken_without_a_word),
    };
    if (!forbid_system_call(SYS_io_uring_setup, EPERM))
        return 77;
    return cmocka_run_group_tests(tests, setup, folder_teardown);
}
