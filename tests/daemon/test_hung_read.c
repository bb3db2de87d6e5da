/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <time.h>

#include "daemon/hanging.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/hung_reads.h"

/* What the service manager hears while a read of a slide does not return. */

#define TIMEOUT "80000" /* microseconds: four rounds */

enum { ROUND_NS = 20000000, ROUNDS = 10 };

static void rest(unsigned rounds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)rounds * ROUND_NS}, NULL);
}

/* Nobody else asks meanwhile: no step is taken. More rounds than a timeout has. */
static void a_read_that_hangs_on_a_quiet_server_does_not_end_it(void **state)
{
    struct hanging *h = *state;
    setenv("WATCHDOG_USEC", TIMEOUT, 1);
    h->params.workers = 2;
    h->params.deadline_seconds = 1;
    hanging_start(h);
    hung_reads_begin();
    assert_int_equal(og_http_code(h->port, "GET", HANGS, ""), 503);
    hung_reads_await(1);

    manager_forget(&h->manager);
    for (unsigned i = 0; i < 8; i++)
        assert_true(manager_await(&h->manager, "WATCHDOG=1", NULL));

    assert_int_equal(og_http_code(h->port, "GET", WELL, ""), 200);
}

static void workers_that_all_hang_silence_the_watchdog_until_they_move(void **state)
{
    struct hanging *h = *state;
    static const char request[] = "GET " HANGS " HTTP/1.1\r\nHost: test\r\n\r\n";
    setenv("WATCHDOG_USEC", TIMEOUT, 1);
    h->params.deadline_seconds = 3600;
    hanging_start(h);
    assert_true(manager_await(&h->manager, "WATCHDOG=1", NULL));
    hung_reads_begin();
    struct og_client *client = og_client_open(h->port);
    assert_true(og_client_send(client, request, sizeof request - 1));
    hung_reads_await(1);
    while (!hanging_log_says(h, "workers make no progress"))
        rest(1);
    manager_forget(&h->manager);

    rest(ROUNDS);
    assert_int_equal(manager_forget(&h->manager), 0);

    hung_reads_end();
    assert_true(manager_await(&h->manager, "WATCHDOG=1", NULL));
    assert_int_equal(og_http_code(h->port, "GET", HANGS, ""), 200);
    og_client_close(&client);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, hanging_setup, hanging_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_read_that_hangs_on_a_quiet_server_does_not_end_it),
        WITH(workers_that_all_hang_silence_the_watchdog_until_they_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
