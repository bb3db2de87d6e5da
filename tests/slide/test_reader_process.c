/* SPDX-License-Identifier: MIT */
/* What readers do to their process and meet in it: signals, forbidden system calls. Each time in a child of its own. */
#include "support/cmocka_all.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slide/reader.h"
#include "support/forbid.h"

enum { PAGE = 4096 };

/* Runs `body` in a child without core files; how the child ended. */
static int end_of_child(void (*body)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        body();
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* ---- the guard of mappings ---- */

/* Installs the guard and needs it once. Returns the mapping, which nobody guards any more. */
static const char *cut_a_mapped_file(void)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (ftruncate(fd, PAGE) != 0)
        _exit(90);
    struct og_file file = {.fd = fd, .size = PAGE};
    struct og_reader *reader;
    char byte;
    if (og_reader_new(OG_READER_MMAP, &reader, NULL) != OG_OK ||
        og_reader_read(reader, &file, 0, &byte, 1, NULL) != OG_OK || ftruncate(fd, 0) != 0 ||
        og_reader_read(reader, &file, 0, &byte, 1, NULL) != OG_DAMAGED)
        _exit(91);
    return atomic_load_explicit(&file.mapping, memory_order_relaxed); /* one thread */
}

static void fault_outside(void)
{
    signal(SIGBUS, SIG_DFL);
    _exit(cut_a_mapped_file()[0]);
}

static void leave_with_42(int signal)
{
    (void)signal;
    _exit(42);
}

static void fault_outside_with_a_handler(void)
{
    signal(SIGBUS, leave_with_42);
    _exit(cut_a_mapped_file()[0]);
}

static void be_sent_the_signal(void)
{
    signal(SIGBUS, SIG_DFL);
    cut_a_mapped_file();
    raise(SIGBUS);
    _exit(94);
}

static void have_the_guard_taken_away(void)
{
    cut_a_mapped_file();
    signal(SIGBUS, SIG_DFL);
    cut_a_mapped_file();
    _exit(0);
}

static void a_guard_that_was_taken_away_stands_again(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(have_the_guard_taken_away), 0);
}

static void a_fault_of_somebody_else_ends_the_process_as_before(void **state)
{
    (void)state;
    int usual = end_of_child(fault_outside);
    assert_true(WIFSIGNALED(usual) && WTERMSIG(usual) == SIGBUS);

    int handled = end_of_child(fault_outside_with_a_handler);
    assert_true(WIFEXITED(handled) && WEXITSTATUS(handled) == 42);

    int sent = end_of_child(be_sent_the_signal);
    assert_true(WIFSIGNALED(sent) && WTERMSIG(sent) == SIGBUS);
}

/* ---- io_uring where it is forbidden ---- */

static void expect_reason(const char *reason)
{
    struct og_reader *reader;
    struct og_error err;
    if (og_reader_new(OG_READER_URING, &reader, &err) != OG_UNSUPPORTED || reader || !strstr(err.text, reason))
        _exit(1);
    if (og_reader_new(OG_READER_PREAD, &reader, &err) != OG_OK)
        _exit(2);
    og_reader_destroy(&reader);
    _exit(0);
}

static void ask_for_a_forbidden_ring(void)
{
    if (!forbid_system_call(SYS_io_uring_setup, EPERM))
        _exit(3);
    expect_reason("forbidden here");
}

static void ask_for_a_ring_that_cannot_be_entered(void)
{
    if (!forbid_system_call(SYS_io_uring_enter, EPERM))
        _exit(3);
    expect_reason("forbidden here");
}

static void ask_for_a_ring_of_an_old_kernel(void)
{
    if (!forbid_system_call(SYS_io_uring_setup, ENOSYS))
        _exit(3);
    expect_reason("no io_uring");
}

static void where_io_uring_is_forbidden_the_reason_is_told(void **state)
{
    (void)state;
    assert_int_equal(end_of_child(ask_for_a_forbidden_ring), 0);
    assert_int_equal(end_of_child(ask_for_a_ring_of_an_old_kernel), 0);
}

static void a_ring_is_tried_out_before_it_is_trusted(void **state)
{
    (void)state;
    struct og_reader *reader;
    if (og_reader_new(OG_READER_URING, &reader, NULL) != OG_OK)
        skip();
    og_reader_destroy(&reader);
    assert_int_equal(end_of_child(ask_for_a_ring_that_cannot_be_entered), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_of_somebody_else_ends_the_process_as_before),
        cmocka_unit_test(a_guard_that_was_taken_away_stands_again),
        cmocka_unit_test(where_io_uring_is_forbidden_the_reason_is_told),
        cmocka_unit_test(a_ring_is_tried_out_before_it_is_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
