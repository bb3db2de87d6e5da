/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "daemon/manager.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/hung_reads.h"

/*
 * Settings that show only when something is slow, or after a while, reach the part that they are for. Nothing is
 * measured, but which thing comes first.
 */

#define TILE "/tiles/s/9/1_0.jpg"

enum { ROUND_NS = 20000000, ROUNDS = 10 };

struct fixture {
    struct folder *folder;
    int log_fd;
    struct og_params params;
    struct og_service *service;
    struct manager manager;
    uint16_t port;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[128];
    f->folder = folder_make();
    deepzoom_write(f->folder, "s", 300, 200, 0);
    snprintf(path, sizeof path, "%s/s_files/9/1_0.jpg", f->folder->path);
    hung_reads_choose(path);
    f->manager = manager_open(f->folder);
    f->log_fd = memfd_create("log", MFD_CLOEXEC);
    og_params_init(&f->params);
    snprintf(f->params.slides, sizeof f->params.slides, "%s", f->folder->path);
    snprintf(f->params.listen, sizeof f->params.listen, "127.0.0.1:0");
    f->params.workers = 1;
    f->params.http_threads = 1;
    f->params.cache_bytes = 1 << 20;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    hung_reads_end();
    og_service_stop(&f->service);
    unsetenv("WATCHDOG_USEC");
    manager_close(&f->manager);
    close(f->log_fd);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void start(struct fixture *f)
{
    struct og_error err = {.text = ""};
    assert_int_equal(og_params_resolve(&f->params, &err), OG_OK);
    if (og_service_start(&f->params, f->log_fd, &f->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(f->service);
    f->port = og_address_port(&address);
    assert_true(manager_await(&f->manager, "READY=1", NULL));
}

static unsigned rescans_without_a_change(const struct fixture *f)
{
    static const char name[] = "\norigami_rescans_total{outcome=\"same\"} ";
    struct og_answer answer = og_http_get(f->port, "/metrics");
    const char *at = answer.code == 200 ? strstr((char *)answer.body, name) : NULL;
    unsigned count = 0;
    assert_non_null(at);
    assert_int_equal(sscanf(at + sizeof name - 1, "%u", &count), 1);
    og_answer_free(&answer);
    return count;
}

static void a_short_period_of_rescans_makes_them(void **state)
{
    struct fixture *f = *state;
    f->params.rescan = 1;
    start(f);
    unsigned before = rescans_without_a_change(f);
    for (unsigned i = 0; i < 3000 && rescans_without_a_change(f) < before + 2; i++)
        usleep(10000);
    assert_true(rescans_without_a_change(f) >= before + 2);
}

static void a_request_that_hangs_is_answered_when_its_deadline_is_over(void **state)
{
    struct fixture *f = *state;
    f->params.deadline_seconds = 1;
    start(f);
    hung_reads_begin();
    struct og_client *client = og_client_open(f->port);

    struct og_answer answer = og_client_get(client, TILE);

    assert_int_equal(answer.code, 503);
    assert_string_equal(answer.body, og_status_text(OG_LATE));
    hung_reads_await(1); /* it still does */
    og_answer_free(&answer);
    og_client_close(&client);
}

static void who_may_keep_tiles_and_how_long_is_as_it_was_set(void **state)
{
    struct fixture *f = *state;
    char value[128];
    f->params.cache_max_age = 77;
    f->params.cache_private = true;
    start(f);

    struct og_answer answer = og_http_get(f->port, TILE);

    assert_int_equal(answer.code, 200);
    og_answer_header(&answer, "Cache-Control", value, sizeof value);
    assert_string_equal(value, "private, max-age=77, immutable");
    og_answer_free(&answer);
}

static bool log_says(const struct fixture *f, const char *words)
{
    char text[8192] = "";
    return pread(f->log_fd, text, sizeof text - 1, 0) > 0 && strstr(text, words);
}

static void rest(unsigned rounds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)rounds * ROUND_NS}, NULL);
}

static void workers_that_all_hang_silence_the_watchdog_until_they_move(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "GET " TILE " HTTP/1.1\r\nHost: test\r\n\r\n";
    setenv("WATCHDOG_USEC", "80000", 1); /* four rounds */
    f->params.deadline_seconds = 3600;
    start(f);
    assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));
    hung_reads_begin();
    struct og_client *client = og_client_open(f->port);
    assert_true(og_client_send(client, request, sizeof request - 1));
    hung_reads_await(1);
    while (!log_says(f, "workers make no progress"))
        rest(1);
    manager_forget(&f->manager);

    rest(ROUNDS);
    assert_int_equal(manager_forget(&f->manager), 0);

    hung_reads_end();
    assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));
    og_client_close(&client);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_short_period_of_rescans_makes_them),
        WITH(a_request_that_hangs_is_answered_when_its_deadline_is_over),
        WITH(who_may_keep_tiles_and_how_long_is_as_it_was_set),
        WITH(workers_that_all_hang_silence_the_watchdog_until_they_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
