/* SPDX-License-Identifier: MIT */
/* Clients that are slow, too many, or gone. Limits are short here; that something happens too late is no failure. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_fixture.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

enum { LONG_MS = 600000, SHORT_MS = 100, MOST = 32, PIPELINED = 100 };

/* Memory that is out for every thread but the test's: the test is linked with --wrap=calloc. */
static struct {
    atomic_bool is_out;
    pthread_t test; /* set before */
} memory;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    bool fails =
        atomic_load_explicit(&memory.is_out, memory_order_acquire) && !pthread_equal(memory.test, pthread_self());
    return fails ? NULL : __real_calloc(count, size);
}

static struct og_server_options patient(unsigned threads)
{
    struct og_server_options options = og_fixture_options(threads, 256);
    options.idle_ms = options.answer_ms = options.deadline_ms = LONG_MS;
    return options;
}

static bool send_get(struct og_client *client, const char *path)
{
    char request[256];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: test\r\n\r\n", path);
    return client && og_client_send(client, request, (size_t)n);
}

static void expect_tile(struct og_client *client, const char *path, const char *body)
{
    struct og_answer answer = og_client_get(client, path);
    assert_int_equal(answer.code, 200);
    assert_string_equal(answer.body, body);
    og_answer_free(&answer);
}

/* The limits may catch a client of the test's as well, where the machine is slow: it comes again. */
static void await_service(struct og_fixture *f)
{
    int code = 0;
    for (unsigned i = 0; code != 200 && i < 1000; i++, og_nap(2))
        code = og_http_code(f->port, "GET", "/tiles/s/0/0_8.jpg", "");
    assert_int_equal(code, 200);
}

static void a_head_that_trickles_in_is_cut_off_and_so_is_silence(void **state)
{
    (void)state;
    static const char byte = 'a';
    struct og_server_options options = patient(2);
    options.idle_ms = SHORT_MS;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    struct og_client *slow = og_client_open(f->port), *silent = og_client_open(f->port);
    assert_true(og_client_send(slow, "GET / HTTP/1.1\r\nX: ", 19));
    bool taken = true;
    for (unsigned i = 0; taken && i < 2000; i++) {
        og_nap(5);
        taken = og_client_send(slow, &byte, 1);
    }
    assert_false(taken);
    assert_true(og_client_is_closed(silent));
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_IDLE), 2);
    await_service(f);
    og_client_close(&slow);
    og_client_close(&silent);
    og_fixture_stop(&f);
}

/* Both come in one segment: the server reads the request when it could know of the end. */
static void say_all(int fd, const char *requests)
{
    int whole = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_CORK, &whole, sizeof whole);
    assert_int_equal(send(fd, requests, strlen(requests), MSG_NOSIGNAL), strlen(requests));
    assert_int_equal(shutdown(fd, SHUT_WR), 0);
}

static int connect_to(uint16_t port)
{
    const struct timeval patience = {.tv_sec = 10};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void a_client_that_has_said_all_is_answered_and_its_connection_closed(void **state)
{
    (void)state;
    struct og_server_options options = patient(1);
    struct og_fixture *f = og_fixture_start_with("/", &options);
    int client = connect_to(f->port);
    struct og_client *idle = og_client_open(f->port);
    expect_tile(idle, "/tiles/s/0/0_8.jpg", "tile 0_8");
    say_all(client, "GET /tiles/s/0/0_8.jpg HTTP/1.1\r\nHost: test\r\n\r\n"
                    "GET /tiles/s/0/0_6.jpg HTTP/1.1\r\nHost: test\r\n\r\n");
    char text[4096] = "";
    size_t size = 0;
    ssize_t n = 1;
    while (n > 0 && size < sizeof text - 1) {
        n = recv(client, text + size, sizeof text - 1 - size, 0);
        size += n > 0 ? (size_t)n : 0;
    }
    assert_int_equal(n, 0);
    assert_non_null(strstr(text, "tile 0_8"));
    assert_non_null(strstr(text, "tile 0_6"));
    /* By now the other one was looked at as well. */
    expect_tile(idle, "/tiles/s/0/0_8.jpg", "tile 0_8");
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_IDLE), 0);
    close(client);
    og_client_close(&idle);
    og_fixture_stop(&f);
}

static void a_request_that_waits_is_not_idle(void **state)
{
    (void)state;
    struct og_server_options options = patient(1);
    options.idle_ms = options.answer_ms = SHORT_MS;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    og_fake_engine_hold(f->engine);
    struct og_client *waits = og_client_open(f->port), *idle = og_client_open(f->port);
    assert_true(send_get(waits, "/tiles/s/0/0_7.jpg"));
    og_fixture_await_waiting(f, 1);
    assert_true(og_client_is_closed(idle));
    og_nap(3 * SHORT_MS);
    og_fake_engine_let_go(f->engine);
    struct og_answer answer = og_client_read(waits, true);
    assert_string_equal(answer.body, "tile 0_7");
    og_answer_free(&answer);
    og_client_close(&waits);
    og_client_close(&idle);
    og_fixture_stop(&f);
}

/* Small buffers and segments: the kernel takes little for a client that does not read. */
static int connect_slowly(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int little = 1024, segment = 536, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void await_count(struct og_fixture *f, enum og_counter counter, uint64_t n)
{
    for (unsigned i = 0; i < 5000 && og_metrics_sum(f->metrics, counter) < n; i++)
        og_nap(2);
    assert_int_equal(og_metrics_sum(f->metrics, counter), n);
}

static void an_answer_that_nobody_takes_is_given_up(void **state)
{
    (void)state;
    static const char request[] = "GET /assets/openseadragon.min.js HTTP/1.1\r\nHost: test\r\n\r\n";
    struct og_server_options options = patient(1);
    options.answer_ms = SHORT_MS;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    int slow = connect_slowly(f->port);
    for (unsigned i = 0; i < PIPELINED; i++)
        assert_int_equal(send(slow, request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
    await_count(f, OG_COUNT_CLOSED_ANSWER, 1);
    await_service(f);
    close(slow);
    og_fixture_stop(&f);
}

static void await_that_nothing_more_is_sent(struct og_fixture *f)
{
    uint64_t before = 0, now = 1;
    for (unsigned i = 0; i < 100 && now != before; i++) {
        before = now;
        og_nap(100);
        now = og_metrics_sum(f->metrics, OG_COUNT_HTTP_BYTES);
    }
}

static void clients_that_do_not_read_metrics_keep_nobody_from_them(void **state)
{
    (void)state;
    enum { SLOW = 24 };
    static const char request[] = "GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n";
    struct og_server_options options = patient(2);
    struct og_fixture *f = og_fixture_start_with("/", &options);
    int slow[SLOW];
    for (unsigned i = 0; i < SLOW; i++) {
        slow[i] = connect_slowly(f->port);
        for (unsigned n = 0; n < 10 * PIPELINED; n++)
            assert_int_equal(send(slow[i], request, sizeof request - 1, MSG_NOSIGNAL), sizeof request - 1);
    }
    await_that_nothing_more_is_sent(f);
    for (unsigned i = 0; i < SLOW; i++)
        assert_int_equal(og_http_code(f->port, "GET", "/metrics", ""), 200);
    for (unsigned i = 0; i < SLOW; i++)
        close(slow[i]);
    og_fixture_stop(&f);
}

/* The thread that ends connections and those that then close them have done so: a sixteenth of the places is free. */
static void await_room(struct og_fixture *f)
{
    for (unsigned i = 0; i < 5000 && og_metrics_level(f->metrics, OG_LEVEL_CONNECTIONS) > MOST - MOST / 16; i++)
        og_nap(2);
    assert_true(og_metrics_level(f->metrics, OG_LEVEL_CONNECTIONS) <= MOST - MOST / 16);
}

static void newcomers_get_in_and_the_oldest_idle_ones_go(void **state)
{
    (void)state;
    struct og_server_options options = patient(2);
    options.connections = MOST;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    struct og_client *client[3 * MOST], *busy = og_client_open(f->port);
    og_fake_engine_hold(f->engine);
    assert_true(send_get(busy, "/tiles/s/0/0_7.jpg"));
    og_fixture_await_waiting(f, 1);
    for (unsigned i = 0; i < 3 * MOST; i++) {
        client[i] = og_client_open(f->port);
        expect_tile(client[i], "/tiles/s/0/1_8.jpg", "tile 1_8");
        await_room(f);
        og_nap(10); /* the table's clock is coarse */
    }
    for (unsigned i = 0; i < MOST; i++)
        assert_true(og_client_is_closed(client[i]));
    expect_tile(client[3 * MOST - 1], "/tiles/s/0/1_8.jpg", "tile 1_8");
    assert_true(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_ROOM) >= 2 * MOST);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_IDLE), 0);
    og_fake_engine_let_go(f->engine);
    struct og_answer answer = og_client_read(busy, true); /* was never idle */
    assert_string_equal(answer.body, "tile 0_7");
    og_answer_free(&answer);
    for (unsigned i = 0; i < 3 * MOST; i++)
        og_client_close(&client[i]);
    og_client_close(&busy);
    og_fixture_stop(&f);
}

static void newcomers_get_in_where_all_others_are_slow_to_take_their_answers(void **state)
{
    (void)state;
    static const char request[] = "GET /assets/openseadragon.min.js HTTP/1.1\r\nHost: test\r\n\r\n";
    struct og_server_options options = patient(2);
    options.connections = MOST;
    options.answer_ms = 8 * 10 * SHORT_MS;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    int slow[MOST];
    for (unsigned i = 0; i < MOST; i++) {
        uint64_t before = og_metrics_sum(f->metrics, OG_COUNT_HTTP_BYTES);
        slow[i] = connect_slowly(f->port);
        for (unsigned n = 0; n < PIPELINED; n++)
            send(slow[i], request, sizeof request - 1, MSG_NOSIGNAL); /* some may have had to go by then */
        for (unsigned n = 0; n < 1000 && og_metrics_sum(f->metrics, OG_COUNT_HTTP_BYTES) == before; n++)
            og_nap(1);
    }
    for (unsigned n = 0; n < 5000 && og_metrics_sum(f->metrics, OG_COUNT_CLOSED_ROOM) == 0; n++)
        og_nap(2);
    assert_true(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_ROOM) > 0);
    await_room(f);
    await_service(f);
    for (unsigned i = 0; i < MOST; i++)
        close(slow[i]);
    og_fixture_stop(&f);
}

static void beyond_the_last_place_a_connection_is_closed(void **state)
{
    (void)state;
    struct og_server_options options = patient(1);
    options.connections = 2;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    struct og_client *busy[2];
    og_fake_engine_hold(f->engine);
    for (unsigned i = 0; i < 2; i++) {
        busy[i] = og_client_open(f->port);
        assert_true(send_get(busy[i], "/tiles/s/0/0_7.jpg"));
        og_fixture_await_waiting(f, i + 1);
    }
    struct og_client *refused = og_client_open(f->port);
    assert_true(og_client_is_closed(refused));
    await_count(f, OG_COUNT_CLOSED_FULL, 1);
    og_client_close(&refused);
    og_client_close(&busy[0]);
    og_fixture_await_waiting(f, 1);
    await_service(f); /* as soon as the server has closed it too */
    og_client_close(&busy[1]);
    og_fixture_stop(&f);
}

static void a_connection_for_which_there_is_no_memory_is_closed(void **state)
{
    (void)state;
    struct og_server_options options = patient(1);
    struct og_fixture *f = og_fixture_start_with("/", &options);
    memory.test = pthread_self();
    atomic_store_explicit(&memory.is_out, true, memory_order_release);
    struct og_client *client = og_client_open(f->port);
    bool closed = og_client_is_closed(client);
    atomic_store_explicit(&memory.is_out, false, memory_order_release);
    assert_true(closed);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_CLOSED_FULL), 0);
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/s/0/0_8.jpg", ""), 200);
    og_client_close(&client);
    og_fixture_stop(&f);
}

static void past_the_deadline_the_answer_is_503_and_the_demand_is_taken_back(void **state)
{
    (void)state;
    struct og_server_options options = patient(2);
    options.deadline_ms = SHORT_MS;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    char value[64];
    og_fake_engine_hold(f->engine);
    struct og_client *client = og_client_open(f->port);
    struct og_answer late = og_client_get(client, "/tiles/s/0/0_7.jpg");
    assert_int_equal(late.code, 503);
    assert_string_equal(og_answer_header(&late, "Retry-After", value, sizeof value), "1");
    assert_non_null(strstr((char *)late.body, "too long"));
    og_answer_free(&late);
    assert_int_equal(og_fake_engine_waiting(f->engine), 0);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_DEADLINE_PASSED), 1);
    expect_tile(client, "/tiles/s/0/0_8.jpg", "tile 0_8"); /* the connection goes on */
    og_client_close(&client);
    og_fixture_stop(&f);
}

static void deadlines_and_answers_that_meet_harm_nobody(void **state)
{
    (void)state;
    struct og_server_options options = patient(2);
    options.deadline_ms = 2;
    struct og_fixture *f = og_fixture_start_with("/", &options);
    struct og_client *client[40];
    for (unsigned i = 0; i < 40; i++)
        client[i] = og_client_open(f->port);
    for (unsigned round = 0; round < 20; round++) {
        og_fake_engine_hold(f->engine);
        for (unsigned i = 0; i < 40; i++)
            assert_true(send_get(client[i], "/tiles/s/0/0_7.jpg"));
        og_nap(round % 4);
        og_fake_engine_let_go(f->engine);
        for (unsigned i = 0; i < 40; i++) {
            struct og_answer answer = og_client_read(client[i], true);
            assert_true(answer.code == 503 || (answer.code == 200 && strcmp((char *)answer.body, "tile 0_7") == 0));
            og_answer_free(&answer);
        }
    }
    for (unsigned i = 0; i < 40; i++)
        og_client_close(&client[i]);
    og_fixture_stop(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_that_trickles_in_is_cut_off_and_so_is_silence),
        cmocka_unit_test(a_client_that_has_said_all_is_answered_and_its_connection_closed),
        cmocka_unit_test(a_request_that_waits_is_not_idle),
        cmocka_unit_test(an_answer_that_nobody_takes_is_given_up),
        cmocka_unit_test(clients_that_do_not_read_metrics_keep_nobody_from_them),
        cmocka_unit_test(newcomers_get_in_and_the_oldest_idle_ones_go),
        cmocka_unit_test(newcomers_get_in_where_all_others_are_slow_to_take_their_answers),
        cmocka_unit_test(beyond_the_last_place_a_connection_is_closed),
        cmocka_unit_test(a_connection_for_which_there_is_no_memory_is_closed),
        cmocka_unit_test(past_the_deadline_the_answer_is_503_and_the_demand_is_taken_back),
        cmocka_unit_test(deadlines_and_answers_that_meet_harm_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
