/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/deepzoom.h"
#include "daemon/manager.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/hung_reads.h"

/* What the service manager hears while a read of a slide does not return. */

#define HANGS   "/tiles/hangs/9/1_0.jpg"
#define WELL    "/tiles/well/9/1_0.jpg"
#define TIMEOUT "80000" /* microseconds: rounds of twenty milliseconds */

struct fixture {
    struct folder *folder;
    struct manager manager;
    int log_fd;
    struct og_params params;
    struct og_service *service;
    uint16_t port;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    char path[128];
    f->folder = folder_make();
    deepzoom_write(f->folder, "hangs", 300, 200, 0);
    deepzoom_write(f->folder, "well", 300, 200, 1);
    snprintf(path, sizeof path, "%s/hangs_files/9/1_0.jpg", f->folder->path);
    hung_reads_choose(path);
    f->manager = manager_open(f->folder);
    setenv("WATCHDOG_USEC", TIMEOUT, 1);
    f->log_fd = memfd_create("log", MFD_CLOEXEC);
    og_params_init(&f->params);
    snprintf(f->params.slides, sizeof f->params.slides, "%s", f->folder->path);
    snprintf(f->params.listen, sizeof f->params.listen, "127.0.0.1:0");
    f->params.http_threads = 1;
    f->params.cache_bytes = 8 << 20;
    f->params.reader = OG_READER_PREAD;
    f->params.deadline_seconds = 1;
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

/* And one client asks for what hangs, until its deadline. */
static void start_and_hang(struct fixture *f, unsigned workers)
{
    struct og_error err = {.text = ""};
    f->params.workers = workers;
    assert_int_equal(og_params_resolve(&f->params, &err), OG_OK);
    if (og_service_start(&f->params, f->log_fd, &f->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(f->service);
    f->port = og_address_port(&address);
    hung_reads_begin();
    assert_int_equal(og_http_code(f->port, "GET", HANGS, ""), 503);
    hung_reads_await(1);
}

static bool log_has(struct fixture *f, const char *words)
{
    char text[16384] = "";
    return pread(f->log_fd, text, sizeof text - 1, 0) > 0 && strstr(text, words);
}

/* Nobody else asks meanwhile: no step is taken. More rounds than a timeout has. */
static void a_read_that_hangs_on_a_quiet_server_does_not_end_it(void **state)
{
    struct fixture *f = *state;
    start_and_hang(f, 2);

    manager_forget(&f->manager);
    for (unsigned i = 0; i < 8; i++)
        assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));

    assert_int_equal(og_http_code(f->port, "GET", WELL, ""), 200);
}

static void when_every_worker_hangs_the_manager_is_not_told_that_all_is_well(void **state)
{
    struct fixture *f = *state;
    start_and_hang(f, 1);

    uint64_t give_up = og_clock_monotonic_ns() + UINT64_C(30000000000);
    while (!log_has(f, "workers make no progress"))
        if (usleep(5000) != 0 || og_clock_monotonic_ns() > give_up)
            fail_msg("nobody noticed");
    hung_reads_end();

    manager_forget(&f->manager);
    assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));
    assert_int_equal(og_http_code(f->port, "GET", HANGS, ""), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_read_that_hangs_on_a_quiet_server_does_not_end_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(when_every_worker_hangs_the_manager_is_not_told_that_all_is_well, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
