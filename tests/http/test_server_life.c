/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "server_fixture.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/process_use.h"

#define CLIENTS 60

static bool send_get(struct og_client *client, const char *path)
{
    char request[256];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", path);
    return client && og_client_send(client, request, (size_t)n);
}

static uint64_t now_ms(void)
{
    return og_clock_monotonic_ns() / 1000000;
}

static void clients_that_leave_take_their_demand_with_them(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256);
    struct og_client *stays = og_client_open(f->port);
    og_fake_engine_hold(f->engine);
    assert_true(send_get(stays, "/tiles/s/0/1_9.jpg"));
    og_fixture_await_waiting(f, 1);
    for (unsigned i = 0; i < CLIENTS; i++) {
        struct og_client *client = og_client_open(f->port);
        assert_true(send_get(client, "/tiles/s/0/0_7.jpg"));
        og_fixture_await_waiting(f, 2); /* else the server might see the end before the request */
        og_client_close(&client);
        og_fixture_await_waiting(f, 1);
    }
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_DEMAND_WITHDRAWN), CLIENTS);

    og_fake_engine_let_go(f->engine);
    struct og_answer answer = og_client_read(stays, true);
    assert_string_equal(answer.body, "tile 1_9");
    og_answer_free(&answer);
    og_client_close(&stays);
    og_fixture_stop(&f);
}

static void clients_that_leave_as_the_answer_comes_harm_nobody(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256);
    for (unsigned round = 0; round < 5; round++) {
        struct og_client *client[CLIENTS];
        og_fake_engine_hold(f->engine);
        for (unsigned i = 0; i < CLIENTS; i++) {
            client[i] = og_client_open(f->port);
            assert_true(send_get(client[i], "/tiles/s/0/0_7.jpg"));
        }
        og_fixture_await_waiting(f, CLIENTS);
        og_fake_engine_let_go(f->engine);
        for (unsigned i = 0; i < CLIENTS; i++)
            og_client_close(&client[i]);
        og_fixture_await_waiting(f, 0);
    }
    struct og_answer answer = og_http_get(f->port, "/tiles/s/0/1_9.jpg");
    assert_string_equal(answer.body, "tile 1_9");
    og_answer_free(&answer);
    og_fixture_stop(&f);
}

static void clients_that_vanish_half_way_through_a_request_harm_nobody(void **state)
{
    (void)state;
    static const char request[] = "GET /tiles/s/0/0_7.jpg HTTP/1.1\r\nHost: test\r\n\r\n";
    struct og_fixture *f = og_fixture_start(1, 256);
    for (size_t n = 0; n <= sizeof request - 1; n++) {
        struct og_client *client = og_client_open(f->port);
        assert_true(og_client_send(client, request, n));
        og_client_close(&client);
    }
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/s/0/0_9.jpg", ""), 200);
    og_fixture_stop(&f);
}

static uint64_t jobs(const struct og_fixture *f)
{
    return og_metrics_sum(f->metrics, OG_COUNT_JOB_LED) + og_metrics_sum(f->metrics, OG_COUNT_JOB_JOINED) +
           og_metrics_sum(f->metrics, OG_COUNT_JOB_REFUSED);
}

static void beyond_a_slides_half_of_the_waiting_requests_the_answer_is_503(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(1, 6);
    struct og_client *client[3];
    char value[64];
    og_fake_engine_hold(f->engine);
    for (unsigned i = 0; i < 3; i++) {
        client[i] = og_client_open(f->port);
        assert_true(send_get(client[i], "/tiles/s/0/0_7.jpg"));
    }
    og_fixture_await_waiting(f, 3);

    struct og_answer refused = og_http_get(f->port, "/tiles/s/0/0_9.jpg");

    assert_int_equal(refused.code, 503);
    assert_string_equal(og_answer_header(&refused, "Retry-After", value, sizeof value), "1");
    og_answer_free(&refused);
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/s/0/0_8.jpg", ""), 200); /* hits wait for nobody */
    og_fake_engine_let_go(f->engine);
    for (unsigned i = 0; i < 3; i++) {
        struct og_answer answer = og_client_read(client[i], true);
        assert_int_equal(answer.code, 200);
        og_answer_free(&answer);
        og_client_close(&client[i]);
    }
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/s/0/0_9.jpg", ""), 200);
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/s/0/0_503.jpg", ""), 503);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_JOB_REFUSED), 2);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_CACHE_MISS), 6);
    assert_int_equal(jobs(f), 6);
    og_fixture_stop(&f);
}

static void a_slide_that_hangs_leaves_places_to_wait_for_others(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(1, 16);
    struct og_client *client[16];
    og_fake_engine_hold(f->engine);
    for (unsigned i = 0; i < 16; i++) {
        client[i] = og_client_open(f->port);
        assert_true(send_get(client[i], "/tiles/s/0/0_7.jpg"));
    }
    og_fixture_await_waiting(f, 8);
    struct og_client *other = og_client_open(f->port);
    assert_true(send_get(other, "/tiles/z/0/1_9.jpg"));
    og_fixture_await_waiting(f, 9);
    og_fake_engine_let_go(f->engine);
    struct og_answer answer = og_client_read(other, true);
    assert_int_equal(answer.code, 200);
    assert_string_equal(answer.body, "tile 1_9");
    og_answer_free(&answer);
    og_client_close(&other);
    unsigned refused = 0;
    for (unsigned i = 0; i < 16; i++) {
        answer = og_client_read(client[i], true);
        refused += answer.code == 503;
        og_answer_free(&answer);
        og_client_close(&client[i]);
    }
    assert_int_equal(refused, 8);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_JOB_REFUSED), 8);
    og_fixture_stop(&f);
}

static void *stop_it(void *fixture)
{
    struct og_fixture *f = fixture;
    og_server_stop(&f->server, 20000);
    return NULL;
}

/* Probers come on a connection of their own each time. */
static void expect_late_refusal(uint16_t port, const char *path)
{
    struct og_client *late = og_client_open(port);
    char value[64];
    struct og_answer answer = og_client_get(late, path);
    assert_int_equal(answer.code, 503);
    assert_string_equal(og_answer_header(&answer, "Connection", value, sizeof value), "close");
    assert_string_equal(og_answer_header(&answer, "Retry-After", value, sizeof value), "1");
    assert_string_equal(answer.body, og_status_text(OG_STOPPING));
    assert_true(og_client_is_closed(late));
    og_answer_free(&answer);
    og_client_close(&late);
}

static void a_stop_answers_those_who_wait_and_says_not_ready_to_the_rest(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256);
    struct og_client *waiting = og_client_open(f->port), *watching = og_client_open(f->port);
    struct og_thread stopper;
    char value[64];
    og_fake_engine_hold(f->engine);
    assert_true(send_get(waiting, "/tiles/s/0/0_7.jpg"));
    struct og_answer ready = og_client_get(watching, "/readyz");
    assert_int_equal(ready.code, 200);
    og_answer_free(&ready);
    og_fixture_await_waiting(f, 1);

    assert_int_equal(og_thread_start(&stopper, "stopper", 0, stop_it, f), OG_OK);
    while (!atomic_load_explicit(&f->site.stopping, memory_order_acquire))
        og_nap(1);

    ready = og_client_get(watching, "/readyz");
    assert_int_equal(ready.code, 503);
    assert_string_equal(og_answer_header(&ready, "Connection", value, sizeof value), "close");
    og_answer_free(&ready);
    assert_true(og_client_is_closed(watching));
    static const char *const paths[] = {"/readyz", "/tiles/s/0/0_8.jpg", "/tiles/s/0/0_9.jpg", "/nothing"};
    for (unsigned i = 0; i < 4; i++)
        expect_late_refusal(f->port, paths[i]);
    og_fake_engine_let_go(f->engine);
    struct og_answer answer = og_client_read(waiting, true);
    assert_int_equal(answer.code, 200);
    assert_string_equal(answer.body, "tile 0_7");
    og_answer_free(&answer);
    og_thread_join(&stopper);
    assert_null(f->server);
    og_client_close(&waiting);
    og_client_close(&watching);
    og_fixture_stop(&f);
}

static void idle_connections_delay_a_stop_by_a_moment_only(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256);
    struct og_client *client[8];
    for (unsigned i = 0; i < 8; i++) {
        client[i] = og_client_open(f->port);
        struct og_answer answer = og_client_get(client[i], "/healthz");
        assert_int_equal(answer.code, 200);
        og_answer_free(&answer);
    }

    uint64_t before = now_ms();
    og_fixture_stop(&f);

    assert_true(now_ms() - before < 5000);
    for (unsigned i = 0; i < 8; i++)
        og_client_close(&client[i]);
}

static void fifty_starts_and_stops_leave_no_descriptor_and_no_thread(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256); /* what a library opens once for all is opened now */
    og_fixture_stop(&f);
    unsigned descriptors = og_use_descriptors(), threads = og_use_threads();

    for (unsigned i = 0; i < 50; i++) {
        f = og_fixture_start(1 + i % 4, 256);
        struct og_client *client = og_client_open(f->port);
        assert_true(send_get(client, i % 2 ? "/tiles/s/0/0_7.jpg" : "/tiles/s/0/0_8.jpg"));
        if (i % 3) {
            struct og_answer answer = og_client_read(client, true);
            assert_int_equal(answer.code, 200);
            og_answer_free(&answer);
        }
        og_client_close(&client);
        og_fixture_stop(&f);
    }

    assert_int_equal(og_use_descriptors(), descriptors);
    assert_true(og_use_threads_come_down_to(threads));
}

static void a_second_server_on_the_same_port_is_refused_and_leaves_nothing(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(2, 256);
    unsigned descriptors = og_use_descriptors(), threads = og_use_threads();
    struct og_server_options options = og_server_defaults(og_server_address(f->server), 2);
    struct og_server *second = NULL;
    struct og_error err;

    assert_int_equal(og_server_start(&options, &f->site, f->log, &second, &err), OG_BUSY);

    assert_non_null(strstr(err.text, "another process listens there already"));
    assert_null(second);
    assert_int_equal(og_use_descriptors(), descriptors);
    assert_true(og_use_threads_come_down_to(threads));
    assert_int_equal(og_http_code(f->port, "GET", "/healthz", ""), 200);
    og_fixture_stop(&f);
}

#define SOON_MS   200
#define ENOUGH_MS 10000

static void event_threads_that_live_answer_whether_they_are_idle_or_not(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(4, 256);
    unsigned descriptors = og_use_descriptors();
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(og_server_take_pulse(f->server, ENOUGH_MS), 0);
    assert_int_equal(og_use_descriptors(), descriptors + 2 * 4); /* one connection for each, both ends */

    struct og_client *waits = og_client_open(f->port);
    og_fake_engine_hold(f->engine);
    assert_true(send_get(waits, "/tiles/s/0/0_7.jpg"));
    og_fixture_await_waiting(f, 1);
    assert_int_equal(og_server_take_pulse(f->server, ENOUGH_MS), 0);

    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_HEALTH, 200), 4 * 4);
    og_fake_engine_let_go(f->engine);
    og_client_close(&waits);
    og_fixture_stop(&f);
}

static void an_event_thread_that_is_stuck_is_counted_until_it_moves(void **state)
{
    (void)state;
    struct og_fixture *f = og_fixture_start(3, 256);
    struct og_client *client = og_client_open(f->port);
    assert_int_equal(og_server_take_pulse(f->server, ENOUGH_MS), 0);
    og_fake_engine_hold(f->engine);
    assert_true(send_get(client, "/tiles/s/0/0_999.jpg"));
    while (og_fake_engine_found(f->engine) == 0)
        og_nap(1);

    assert_int_equal(og_server_take_pulse(f->server, SOON_MS), 1);
    assert_int_equal(og_server_take_pulse(f->server, SOON_MS), 1);

    og_fake_engine_let_go(f->engine);
    assert_int_equal(og_server_take_pulse(f->server, ENOUGH_MS), 0);
    struct og_answer answer = og_client_read(client, true);
    assert_string_equal(answer.body, "tile 0_999");
    og_answer_free(&answer);
    og_client_close(&client);
    og_fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_that_leave_take_their_demand_with_them),
        cmocka_unit_test(clients_that_leave_as_the_answer_comes_harm_nobody),
        cmocka_unit_test(clients_that_vanish_half_way_through_a_request_harm_nobody),
        cmocka_unit_test(beyond_a_slides_half_of_the_waiting_requests_the_answer_is_503),
        cmocka_unit_test(a_slide_that_hangs_leaves_places_to_wait_for_others),
        cmocka_unit_test(a_stop_answers_those_who_wait_and_says_not_ready_to_the_rest),
        cmocka_unit_test(idle_connections_delay_a_stop_by_a_moment_only),
        cmocka_unit_test(fifty_starts_and_stops_leave_no_descriptor_and_no_thread),
        cmocka_unit_test(event_threads_that_live_answer_whether_they_are_idle_or_not),
        cmocka_unit_test(an_event_thread_that_is_stuck_is_counted_until_it_moves),
        cmocka_unit_test(a_second_server_on_the_same_port_is_refused_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
