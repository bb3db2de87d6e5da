/* SPDX-License-Identifier: MIT */
/* Requests byte by byte, and every byte that comes back until the server closes. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server_fixture.h"
#include "support/cmocka_all.h"

#define LAST_ONE "Host: t\r\nConnection: close\r\n"
#define REQUEST(text)                                                                                                  \
    (struct request)                                                                                                   \
    {                                                                                                                  \
        text, sizeof text - 1                                                                                          \
    }

enum { ROOM = 16384 };

struct request {
    const char *bytes;
    size_t size;
};

static int start(void **state)
{
    *state = og_fixture_start(1, 16);
    return 0;
}

static int stop(void **state)
{
    og_fixture_stop((struct og_fixture **)state);
    return 0;
}

/* All that the server says until it closes; nothing when that takes longer than ten seconds. */
static size_t say(uint16_t port, struct request request, char said[ROOM])
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 10};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t size = 0;
    ssize_t n = -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
        send(fd, request.bytes, request.size, MSG_NOSIGNAL) == (ssize_t)request.size)
        while ((n = recv(fd, said + size, ROOM - 1 - size, 0)) > 0)
            size += (size_t)n;
    close(fd);
    size = n == 0 ? size : 0;
    said[size] = '\0';
    return size;
}

/* The code of the one answer that came, whole and with nothing behind it; else 0. */
static int code_of_one_answer(const char *said, size_t size)
{
    int code = 0;
    size_t length = 0;
    const char *body = strstr(said, "\r\n\r\n"), *announced = strstr(said, "Content-Length: ");
    if (!body || !announced || announced > body || sscanf(said, "HTTP/1.1 %d ", &code) != 1 ||
        sscanf(announced, "Content-Length: %zu", &length) != 1)
        return 0;
    return (size_t)(body + 4 - said) + length == size ? code : 0;
}

static int ask(void **state, struct request request, char said[ROOM])
{
    struct og_fixture *f = *state;
    return code_of_one_answer(said, say(f->port, request, said));
}

static void expect_each(void **state, const struct request *requests, size_t count, int code)
{
    char said[ROOM];
    for (size_t i = 0; i < count; i++)
        if (ask(state, requests[i], said) != code)
            fail_msg("not one answer of %d to %s, but: %s", code, requests[i].bytes, said);
}

#define EXPECT_EACH(state, requests, code) expect_each(state, requests, sizeof requests / sizeof requests[0], code)

/* `part` so many times between two texts. */
static struct request with_many(char out[ROOM], const char *before, const char *part, unsigned times, const char *after)
{
    size_t size = (size_t)snprintf(out, ROOM, "%s", before);
    for (unsigned i = 0; i < times; i++)
        size += (size_t)snprintf(out + size, ROOM - size, "%s", part);
    size += (size_t)snprintf(out + size, ROOM - size, "%s", after);
    return (struct request){out, size};
}

static void a_query_of_any_number_of_arguments_is_answered(void **state)
{
    static const unsigned counts[] = {1, 150, 200, 1000, 5000};
    char bytes[ROOM], said[ROOM];
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct request request = with_many(bytes, "GET /slides?", "a&", counts[i], " HTTP/1.1\r\n" LAST_ONE "\r\n");
        assert_int_equal(ask(state, request, said), 200);
        assert_non_null(strstr(said, "\r\n\r\n[\"s\"]"));
    }
}

static void a_folded_header_is_refused(void **state)
{
    static const struct request requests[] = {
        REQUEST("GET /healthz HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n 34\r\n\r\nGET /readyz HTTP/1.1\r\nHost: "
                "t\r\n\r\n"),
        REQUEST("GET /healthz HTTP/1.1\r\nHost: t\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"),
        REQUEST("GET /healthz HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: x,\r\n\tchunked\r\nX: y\r\n\r\n0\r\n\r\n"),
        REQUEST("GET /healthz HTTP/1.1\r\nX: y\r\n z\r\n zz\r\nHost: t\r\n\r\n"),
        REQUEST("GET /healthz HTTP/1.1\nHost: t\nX: y\n z\n\n"),
        REQUEST("GET /healthz HTTP/1.1\r\n Content-Length: 34\r\nHost: t\r\n\r\n"),
    };
    EXPECT_EACH(state, requests, 400);
}

static void a_refusal_comes_once(void **state)
{
    static const struct request malformed[] = {
        REQUEST("GET / HTTP/1.1\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: +5\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 5, 5\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n\r\n"),
        REQUEST("GET /slides?a b HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /a b HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nHost: t\r\nno colon\r\n\r\n"),
        REQUEST("GET / HTTP/1.1\r\nno colon\r\n\r\n"),
    };
    static const struct request other_versions[] = {REQUEST("GET / HTTP/3.0\r\nHost: t\r\n\r\n")};
    static const struct request older[] = {REQUEST("GET /slides HTTP/1.0\r\n\r\n")};
    EXPECT_EACH(state, malformed, 400);
    EXPECT_EACH(state, other_versions, 505);
    EXPECT_EACH(state, older, 200);
}

static void cookies_are_no_matter(void **state)
{
    char bytes[ROOM], said[ROOM];
    static const char end[] = "\r\n" LAST_ONE "\r\n";
    assert_int_equal(ask(state, with_many(bytes, "GET /slides HTTP/1.1\r\nCookie: a=", "b", 6000, end), said), 200);
    assert_int_equal(ask(state, with_many(bytes, "GET /slides HTTP/1.1\r\nCookie: a=", "b", 8000, end), said), 200);
    assert_int_equal(ask(state, with_many(bytes, "GET /slides HTTP/1.1\r\nCookie: ", "a=b; ", 1000, end), said), 200);
    assert_int_equal(ask(state, with_many(bytes, "GET /slides HTTP/1.1\r\nCookie: a", ",", 5000, end), said), 200);
}

static void a_nul_or_a_lone_carriage_return_is_refused(void **state)
{
    static const struct request requests[] = {
        REQUEST("GET /tiles/s/0/1_8.jpg\0x HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /tiles/s/0/1_8.jpg\0 HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /tiles/s/0/1_8.jpg\0?x HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /tiles/s/0/1_8.jpg?x\0y HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /tiles/s/0/1_8.jpg?x\ry HTTP/1.1\r\nHost: t\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nX: a\0b\r\nHost: t\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nX: a\0\r\nHost: t\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nHost: t\r\nX: a\rb\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nHost: t\r\nX: \rContent-Length: 5\r\n\r\n"),
        REQUEST("GET /slides HTTP/1.1\r\nHost: t\r\nX\rContent-Length: 5\r\n\r\n"),
    };
    EXPECT_EACH(state, requests, 400);
}

static void another_method_is_405_whatever_its_headers_say(void **state)
{
    static const struct request requests[] = {
        REQUEST("POST / HTTP/1.1\r\n\r\n"),
        REQUEST("POST / HTTP/1.1\r\nHost: t\r\nHost: u\r\n\r\n"),
        REQUEST("PUT / HTTP/1.1\r\nHost: t\r\nContent-Length: 5, 5\r\n\r\n"),
        REQUEST("BREW /%00 HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n 5\r\n\r\nx"),
    };
    EXPECT_EACH(state, requests, 405);
}

/* The code of the first answer. In the last 80 bytes of its memory libmicrohttpd 0.9.75 says the head of its 431 twice.
 */
static unsigned code_to(void **state, struct request request)
{
    struct og_fixture *f = *state;
    char said[ROOM];
    unsigned code = 0;
    if (say(f->port, request, said) == 0 || sscanf(said, "HTTP/1.1 %u ", &code) != 1 || (code != 200 && code != 431))
        fail_msg("%.80s: %s", request.bytes, said);
    assert_true(code == 431 || code_of_one_answer(said, strlen(said)) == 200);
    return code;
}

static uint64_t how_often(struct og_fixture *f, unsigned code)
{
    return og_metrics_answers(f->metrics, OG_ASKED_NOTHING, code);
}

/* Up to where the library has no room for an answer beside the head, then none for the head. */
static void a_head_of_any_length_is_answered_and_counted(void **state)
{
    char bytes[ROOM];
    unsigned answers[600] = {0};
    for (unsigned length = 9000; length < 14000; length += 17)
        answers[code_to(state, with_many(bytes, "GET /slides HTTP/1.1\r\n" LAST_ONE "X: ", "a", length, "\r\n\r\n"))]++;
    assert_true(answers[200] > 0);
    assert_true(answers[431] > 0);
    assert_int_equal(how_often(*state, 431), answers[431]);
}

static void a_head_of_any_number_of_headers_is_answered_and_counted(void **state)
{
    char bytes[ROOM];
    unsigned answers[600] = {0};
    for (unsigned headers = 100; headers < 200; headers++)
        answers[code_to(state, with_many(bytes, "GET /slides HTTP/1.1\r\n" LAST_ONE, "X:\r\n", headers, "\r\n"))]++;
    assert_true(answers[200] > 0);
    assert_true(answers[431] > 0);
    assert_int_equal(how_often(*state, 431), answers[431]);
}

static void what_is_too_long_for_an_answer_beside_it_is_refused_in_one(void **state)
{
    char bytes[ROOM], said[ROOM];
    struct request request = with_many(bytes, "GET /slides HTTP/1.1\r\n" LAST_ONE "X: ", "a", 11500, "\r\n\r\n");
    assert_int_equal(ask(state, request, said), 431);
    request = with_many(bytes, "HEAD /slides HTTP/1.1\r\n" LAST_ONE "X: ", "a", 11500, "\r\n\r\n");
    assert_int_equal(ask(state, request, said), 431);
    assert_int_equal(how_often(*state, 431), 2);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_query_of_any_number_of_arguments_is_answered),
        WITH_SERVER(a_folded_header_is_refused),
        WITH_SERVER(a_refusal_comes_once),
        WITH_SERVER(cookies_are_no_matter),
        WITH_SERVER(a_nul_or_a_lone_carriage_return_is_refused),
        WITH_SERVER(another_method_is_405_whatever_its_headers_say),
        WITH_SERVER(a_head_of_any_length_is_answered_and_counted),
        WITH_SERVER(a_head_of_any_number_of_headers_is_answered_and_counted),
        WITH_SERVER(what_is_too_long_for_an_answer_beside_it_is_refused_in_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
