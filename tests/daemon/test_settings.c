/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/hanging.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/hung_reads.h"

/*
 * Settings that show only when something is slow, or after a while, reach the part that they are for. Nothing is
 * measured, but which thing comes first.
 */

static unsigned rescans_without_a_change(const struct hanging *h)
{
    static const char name[] = "\norigami_rescans_total{outcome=\"same\"} ";
    struct og_answer answer = og_http_get(h->port, "/metrics");
    const char *at = answer.code == 200 ? strstr((char *)answer.body, name) : NULL;
    unsigned count = 0;
    assert_non_null(at);
    assert_int_equal(sscanf(at + sizeof name - 1, "%u", &count), 1);
    og_answer_free(&answer);
    return count;
}

static void a_short_period_of_rescans_makes_them(void **state)
{
    struct hanging *h = *state;
    h->params.rescan = 1;
    hanging_start(h);
    unsigned before = rescans_without_a_change(h);
    for (unsigned i = 0; i < 3000 && rescans_without_a_change(h) < before + 2; i++)
        usleep(10000);
    assert_true(rescans_without_a_change(h) >= before + 2);
}

static void a_request_that_hangs_is_answered_when_its_deadline_is_over(void **state)
{
    struct hanging *h = *state;
    h->params.deadline_seconds = 1;
    hanging_start(h);
    hung_reads_begin();
    struct og_client *client = og_client_open(h->port);

    struct og_answer answer = og_client_get(client, HANGS);

    assert_int_equal(answer.code, 503);
    assert_string_equal(answer.body, og_status_text(OG_LATE));
    hung_reads_await(1); /* it still does */
    og_answer_free(&answer);
    og_client_close(&client);
}

static void who_may_keep_tiles_and_how_long_is_as_it_was_set(void **state)
{
    struct hanging *h = *state;
    char value[128];
    h->params.cache_max_age = 77;
    h->params.cache_private = true;
    hanging_start(h);

    struct og_answer answer = og_http_get(h->port, HANGS);

    assert_int_equal(answer.code, 200);
    og_answer_header(&answer, "Cache-Control", value, sizeof value);
    assert_string_equal(value, "private, max-age=77, immutable");
    og_answer_free(&answer);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, hanging_setup, hanging_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_short_period_of_rescans_makes_them),
        WITH(a_request_that_hangs_is_answered_when_its_deadline_is_over),
        WITH(who_may_keep_tiles_and_how_long_is_as_it_was_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
