/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_fixture.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/threads.h"

static int start(void **state)
{
    *state = og_fixture_start(2, 256);
    return 0;
}

static int stop(void **state)
{
    og_fixture_stop((struct og_fixture **)state);
    return 0;
}

static uint16_t port_of(void **state)
{
    return ((struct og_fixture *)*state)->port;
}

static void expect(struct og_answer answer, int code, const char *body)
{
    assert_int_equal(answer.code, code);
    assert_string_equal(answer.body, body);
    og_answer_free(&answer);
}

static void tiles_come_from_the_cache_or_from_the_engine(void **state)
{
    expect(og_http_get(port_of(state), "/tiles/s/0/1_8.jpg"), 200, "tile 1_8");
    expect(og_http_get(port_of(state), "/tiles/s/0/1_7.jpg"), 200, "tile 1_7");
    expect(og_http_get(port_of(state), "/dzi/s_files/0/0_9.jpg"), 200, "tile 0_9");
    expect(og_http_get(port_of(state), "/slides/s/thumbnail.jpg"), 200, "tile 0_0");
}

static void the_query_is_ignored(void **state)
{
    expect(og_http_get(port_of(state), "/tiles/s/0/1_8.jpg?x=%00%2e%2e//"), 200, "tile 1_8");
    expect(og_http_get(port_of(state), "/slides?"), 200, "[\"s\"]");
}

static void answers_carry_their_headers(void **state)
{
    char value[512];
    struct og_answer answer = og_http_get(port_of(state), "/tiles/s/0/1_7.jpg");
    assert_string_equal(og_answer_header(&answer, "Content-Type", value, sizeof value), "image/jpeg");
    assert_string_equal(og_answer_header(&answer, "X-Content-Type-Options", value, sizeof value), "nosniff");
    assert_string_equal(og_answer_header(&answer, "Content-Length", value, sizeof value), "8");
    og_answer_free(&answer);

    answer = og_http_get(port_of(state), "/viewer/s");
    og_answer_header(&answer, "Content-Security-Policy", value, sizeof value);
    assert_string_equal(value, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
                               "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    og_answer_free(&answer);
}

static void a_connection_is_kept_through_hits_misses_and_errors(void **state)
{
    struct og_client *client = og_client_open(port_of(state));
    for (unsigned i = 0; i < 200; i++) {
        char path[64], body[64], value[64];
        snprintf(path, sizeof path, "/tiles/s/0/%u_%u.jpg", i % 2, i);
        snprintf(body, sizeof body, "tile %u_%u", i % 2, i);
        struct og_answer answer = og_client_get(client, path);
        assert_string_equal(og_answer_header(&answer, "Connection", value, sizeof value), "");
        expect(answer, 200, body);
        expect(og_client_get(client, "/nothing"), 404, og_status_text(OG_NOT_FOUND));
        expect(og_client_get(client, "/%2e%2e"), 400, og_status_text(OG_INVALID));
    }
    og_client_close(&client);
}

static void head_is_get_without_the_body(void **state)
{
    static const char *const paths[] = {"/tiles/s/0/1_8.jpg", "/tiles/s/0/1_7.jpg", "/slides", "/viewer/s", "/nothing"};
    struct og_client *client = og_client_open(port_of(state));
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char of_get[64], of_head[64];
        struct og_answer get = og_client_get(client, paths[i]), head = og_client_ask(client, "HEAD", paths[i], "");

        assert_int_equal(head.code, get.code);
        assert_string_equal(og_answer_header(&head, "Content-Length", of_head, sizeof of_head),
                            og_answer_header(&get, "Content-Length", of_get, sizeof of_get));
        assert_string_equal(og_answer_header(&head, "Content-Type", of_head, sizeof of_head),
                            og_answer_header(&get, "Content-Type", of_get, sizeof of_get));
        og_answer_free(&get);
        og_answer_free(&head);
    }
    og_client_close(&client);
}

static void pipelined_requests_are_answered_in_their_order(void **state)
{
    struct og_client *client = og_client_open(port_of(state));
    char requests[8192] = "";
    size_t n = 0;
    for (unsigned i = 0; i < 40; i++)
        n += (size_t)snprintf(requests + n, sizeof requests - n,
                              "GET /tiles/s/0/0_%u.jpg HTTP/1.1\r\nHost: test\r\n\r\n", i);

    assert_true(og_client_send(client, requests, n));

    for (unsigned i = 0; i < 40; i++) {
        char body[64];
        snprintf(body, sizeof body, "tile 0_%u", i);
        expect(og_client_read(client, true), 200, body);
    }
    og_client_close(&client);
}

static void a_request_that_arrives_byte_by_byte_is_answered(void **state)
{
    static const char request[] = "GET /tiles/s/0/0_7.jpg HTTP/1.1\r\nHost: test\r\n\r\n";
    struct og_client *client = og_client_open(port_of(state));

    for (size_t i = 0; i < sizeof request - 1; i++)
        assert_true(og_client_send(client, request + i, 1));

    expect(og_client_read(client, true), 200, "tile 0_7");
    og_client_close(&client);
}

static void malformed_paths_are_400_and_unknown_ones_404(void **state)
{
    static const struct {
        const char *path;
        int code;
    } cases[] = {
        {"/%2e%2e", 400},
        {"/%2e%2e/%2e%2e/etc/passwd", 400},
        {"/../../etc/passwd", 400},
        {"/tiles/%00", 400},
        {"/slides/s%00", 400},
        {"/tiles/s/0/0_0.jpg%00.png", 400},
        {"//slides", 400},
        {"/slides/\xc3\xa9", 400},
        {"/slides/\x01", 400},
        {"/tiles/s/00/0_0.jpg", 400},
        {"/tiles/s/0/+1_0.jpg", 400},
        {"/tiles/s/0/99999999999_0.jpg", 400},
        {"https://test/slides", 400},
        {"*", 400},
        {"/tiles/s/0/9999999999_0.jpg", 404},
        {"/tiles/x/0/0_0.jpg", 404},
        {"/tiles/s/5/0_0.jpg", 404},
        {"/tiles/s/0/2_0.jpg", 404},
        {"/nothing", 404},
        {"/assets/nothing.js", 404},
        {"/slides/x", 404},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (og_http_code(port_of(state), "GET", cases[i].path, "") != cases[i].code)
            fail_msg("%s is not %d", cases[i].path, cases[i].code);
}

static void other_methods_are_405_and_end_the_connection(void **state)
{
    static const char *const methods[] = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "BREW"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        char value[64];
        struct og_client *client = og_client_open(port_of(state));

        struct og_answer answer = og_client_ask(client, methods[i], "/slides", "");

        assert_int_equal(answer.code, 405);
        assert_string_equal(og_answer_header(&answer, "Allow", value, sizeof value), "GET, HEAD, OPTIONS");
        assert_true(og_client_is_closed(client));
        og_answer_free(&answer);
        og_client_close(&client);
    }
    assert_int_equal(og_http_code(port_of(state), "POST", "/slides", "Content-Length: 3\r\n"), 405);
}

static void expect_the_end(uint16_t port, const char *method, const char *headers, int code)
{
    struct og_client *client = og_client_open(port);
    struct og_answer answer = og_client_ask(client, method, "/slides", headers);
    if (answer.code != code)
        fail_msg("%d for %s with %s", answer.code, method, headers);
    assert_true(og_client_is_closed(client));
    og_answer_free(&answer);
    og_client_close(&client);
}

static void a_request_with_a_body_is_413_and_ends_the_connection(void **state)
{
    static const char *const headers[] = {
        "Content-Length: 1\r\n",
        "content-length: 17\r\n",
        "Content-Length: 99999999999\r\n",
        "Transfer-Encoding: chunked\r\n",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++) {
        expect_the_end(port_of(state), "GET", headers[i], 413);
        expect_the_end(port_of(state), "OPTIONS", headers[i], 413);
    }
}

static void a_request_whose_end_others_may_see_elsewhere_is_400_and_ends_the_connection(void **state)
{
    static const char *const headers[] = {
        "Content-Length: 00\r\n",
        "Content-Length: 0\r\nContent-Length: 0\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nContent-Length: 0\r\n",
        "Content-Length : 5\r\n",
        "Content-Length\t: 0\r\n",
        "Transfer-Encoding : chunked\r\n",
        "transfer-encoding: identity\r\n",
        "Transfer-Encoding: x, chunked\r\nContent-Length: 0\r\n",
        "Host: other\r\n", /* beside the one that is always there */
        "host: test\r\n",
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        expect_the_end(port_of(state), "GET", headers[i], 400);
    assert_int_equal(og_http_code(port_of(state), "GET", "/slides", "Content-Length: 0\r\n"), 200);
}

static void http_1_1_without_host_is_400_and_a_path_beyond_all_bounds_414(void **state)
{
    static const char without[] = "GET /slides HTTP/1.1\r\n\r\n";
    struct og_client *client = og_client_open(port_of(state));
    assert_true(og_client_send(client, without, sizeof without - 1));
    struct og_answer answer = og_client_read(client, true);
    assert_int_equal(answer.code, 400);
    og_answer_free(&answer);
    og_client_close(&client);

    char endless[40000];
    snprintf(endless, sizeof endless, "GET /%0*d", (int)sizeof endless - 6, 0);
    client = og_client_open(port_of(state));
    og_client_send(client, endless, strlen(endless));
    answer = og_client_read(client, true);
    assert_int_equal(answer.code, 414);
    og_answer_free(&answer);
    og_client_close(&client);
}

/* `fill` digits between two parts of a head. */
static void expect_refusal(struct og_fixture *f, const char *before_fill, int fill, const char *after_fill, int code)
{
    char request[40000];
    uint64_t before = og_metrics_answers(f->metrics, OG_ASKED_NOTHING, (unsigned)code);
    struct og_client *client = og_client_open(f->port);
    int n = snprintf(request, sizeof request, "%s%0*d%s", before_fill, fill, 0, after_fill);
    og_client_send(client, request, (size_t)n);
    struct og_answer answer = og_client_read(client, true);
    assert_int_equal(answer.code, code);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_NOTHING, (unsigned)code), before + 1);
    og_answer_free(&answer);
    og_client_close(&client);
}

static void what_the_library_refuses_is_counted_too(void **state)
{
    struct og_fixture *f = *state;
    expect_refusal(f, "GET /", 39000, "", 414);
    expect_refusal(f, "GET / HTTP/1.1\r\nHost: t\r\nX-Long: ", 39000, "\r\n\r\n", 431);
    expect_refusal(f, "GET /slides HTTP/1.1\r\nX-Short: ", 1, "\r\n\r\n", 400);
    expect_refusal(f, "GET /slides HTTP/3.0\r\nHost: t\r\nX-Short: ", 1, "\r\n\r\n", 505);
}

static void what_the_engine_refuses_is_said_in_its_words(void **state)
{
    char value[64];
    expect(og_http_get(port_of(state), "/tiles/s/0/0_501.jpg"), 500, og_status_text(OG_DAMAGED));
    struct og_answer busy = og_http_get(port_of(state), "/tiles/s/0/0_503.jpg");
    assert_string_equal(og_answer_header(&busy, "Retry-After", value, sizeof value), "1");
    assert_string_equal(og_answer_header(&busy, "Cache-Control", value, sizeof value), "no-cache");
    expect(busy, 503, og_status_text(OG_BUSY));
}

static void every_answer_is_counted_with_its_bytes(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {"/tiles/s/0/0_8.jpg",
                                        "/tiles/s/0/0_7.jpg",
                                        "/tiles/x/0/0_0.jpg",
                                        "/tiles/s/0/0_501.jpg",
                                        "/slides",
                                        "/nothing"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        og_http_code(f->port, "GET", paths[i], "");
    og_http_code(f->port, "HEAD", "/slides", "");
    og_http_code(f->port, "POST", "/slides", "");

    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_TILE, 200), 2);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_TILE, 404), 1);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_TILE, 500), 1);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_SLIDES, 200), 2);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_NOTHING, 404), 1);
    assert_int_equal(og_metrics_answers(f->metrics, OG_ASKED_NOTHING, 405), 1);
    size_t bytes = 2 * strlen("tile 0_0") + 2 * strlen(og_status_text(OG_NOT_FOUND)) +
                   strlen(og_status_text(OG_DAMAGED)) + strlen("[\"s\"]") + strlen(og_status_text(OG_METHOD));
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_HTTP_BYTES), bytes);
}

static void ask_for_many(struct og_member *member)
{
    uint16_t port = *(uint16_t *)member->shared;
    struct og_client *client = og_client_open(port);
    for (unsigned i = 0; i < 20 || og_member_has_time(member); i++) {
        unsigned x = og_member_random(member) % 2, y = og_member_random(member) % 500;
        char path[64], body[64];
        snprintf(path, sizeof path, "/tiles/s/0/%u_%u.jpg", x, y);
        snprintf(body, sizeof body, "tile %u_%u", x, y);
        struct og_answer answer = og_client_get(client, path);
        if (answer.code != 200 || strcmp((char *)answer.body, body) != 0)
            og_member_fail(member, "%s: %d, %s", path, answer.code, answer.body ? (char *)answer.body : "no body");
        og_answer_free(&answer);
    }
    og_client_close(&client);
}

static void many_clients_at_once_each_get_their_own_tiles(void **state)
{
    uint16_t port = port_of(state);
    assert_string_equal(og_crew_run(12, ask_for_many, &port).text, OG_AS_CLAIMED);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(tiles_come_from_the_cache_or_from_the_engine),
        WITH_SERVER(the_query_is_ignored),
        WITH_SERVER(answers_carry_their_headers),
        WITH_SERVER(a_connection_is_kept_through_hits_misses_and_errors),
        WITH_SERVER(head_is_get_without_the_body),
        WITH_SERVER(pipelined_requests_are_answered_in_their_order),
        WITH_SERVER(a_request_that_arrives_byte_by_byte_is_answered),
        WITH_SERVER(malformed_paths_are_400_and_unknown_ones_404),
        WITH_SERVER(other_methods_are_405_and_end_the_connection),
        WITH_SERVER(a_request_with_a_body_is_413_and_ends_the_connection),
        WITH_SERVER(a_request_whose_end_others_may_see_elsewhere_is_400_and_ends_the_connection),
        WITH_SERVER(http_1_1_without_host_is_400_and_a_path_beyond_all_bounds_414),
        WITH_SERVER(what_the_library_refuses_is_counted_too),
        WITH_SERVER(what_the_engine_refuses_is_said_in_its_words),
        WITH_SERVER(every_answer_is_counted_with_its_bytes),
        WITH_SERVER(many_clients_at_once_each_get_their_own_tiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
