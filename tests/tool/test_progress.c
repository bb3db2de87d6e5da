/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tool/progress.h"

/* Both ends of a terminal, of which the program has one and the test reads the other. */
struct terminal {
    int eye;
    FILE *stream;
};

static struct terminal open_terminal(void)
{
    struct terminal t = {.eye = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)};
    if (t.eye < 0 || grantpt(t.eye) != 0 || unlockpt(t.eye) != 0)
        skip();
    t.stream = fopen(ptsname(t.eye), "w");
    assert_non_null(t.stream);
    return t;
}

static void close_terminal(struct terminal *t)
{
    fclose(t->stream);
    close(t->eye);
}

/* What has been shown since the last look. */
static const char *shown(const struct terminal *t, char room[1000])
{
    ssize_t length = read(t->eye, room, 999);
    room[length < 0 ? 0 : length] = '\0';
    return room;
}

static void wait_for_a_redraw(void)
{
    nanosleep(&(struct timespec){0, 120000000}, NULL);
}

static void a_sample_is_told_and_then_a_bar(void **state)
{
    struct terminal t = open_terminal();
    struct og_progress progress;
    char room[1000];
    (void)state;
    og_progress_begin(&progress, t.stream, "encoding", false);
    og_progress_show(&progress, 0, 0);
    assert_non_null(strstr(shown(&t, room), "encoding: looking at a sample first, 0:00"));
    assert_null(strchr(room, '%'));
    og_progress_show(&progress, 0, 1000);
    wait_for_a_redraw();
    og_progress_show(&progress, 250, 1000);
    assert_non_null(strstr(shown(&t, room), "encoding  25 % [######....."));
    assert_null(strstr(room, "sample"));
    og_progress_end(&progress);
    assert_string_equal(shown(&t, room), "\r\033[K");
    close_terminal(&t);
}

static void a_sample_does_not_count_as_slow_work(void **state)
{
    struct terminal t = open_terminal();
    struct og_progress progress;
    char room[1000];
    (void)state;
    og_progress_begin(&progress, t.stream, "encoding", false);
    progress.began_ns -= UINT64_C(3600000000000); /* the sample took an hour */
    og_progress_show(&progress, 0, 0);
    assert_non_null(strstr(shown(&t, room), "sample first, 1:00:00"));
    og_progress_show(&progress, 0, 1000);
    wait_for_a_redraw();
    og_progress_show(&progress, 500, 1000);
    assert_non_null(strstr(shown(&t, room), " 50 % "));
    assert_null(strstr(room, "left 1:00:"));
    close_terminal(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sample_is_told_and_then_a_bar),
        cmocka_unit_test(a_sample_does_not_count_as_slow_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
