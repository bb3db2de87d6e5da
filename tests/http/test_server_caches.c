/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "server_fixture.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

#define HIT  "/tiles/s/0/1_8.jpg"
#define MISS "/tiles/s/0/1_7.jpg"
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define GZIP "Accept-Encoding: gzip\r\n"

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

struct value {
    char text[512];
};

static struct value header(const struct og_answer *answer, const char *name)
{
    struct value value;
    og_answer_header(answer, name, value.text, sizeof value.text);
    return value;
}

static void expect_header(const struct og_answer *answer, const char *name, const char *expected)
{
    struct value value = header(answer, name);
    if (strcmp(value.text, expected) != 0)
        fail_msg("%s: %s, not %s\n%s", name, value.text, expected, answer->head);
}

/* A request with one header more, e.g. "If-None-Match". */
static struct og_answer ask_with(struct og_client *client, const char *method, const char *path, const char *more,
                                 const char *name, const char *value)
{
    char headers[1024];
    snprintf(headers, sizeof headers, "%s%s: %s\r\n", more, name, value);
    return og_client_ask(client, method, path, headers);
}

static struct value tag_of(struct og_client *client, const char *path, const char *more)
{
    struct og_answer answer = og_client_ask(client, "GET", path, more);
    struct value tag = header(&answer, "ETag");
    assert_int_equal(answer.code, 200);
    og_answer_free(&answer);
    return tag;
}

static void a_tile_that_the_client_has_is_neither_looked_for_nor_made(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {HIT, MISS, "/dzi/s_files/0/1_8.jpg", "/slides/s/thumbnail.jpg"};
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct value tag = tag_of(client, paths[i], "");
        uint64_t found = og_fake_engine_found(f->engine);
        og_fake_engine_hold(f->engine); /* who asked it to make a tile would wait for ever */
        for (unsigned method = 0; method < 2; method++) {
            const char *name = method ? "HEAD" : "GET";
            struct og_answer answer = ask_with(client, name, paths[i], "", "If-None-Match", tag.text);
            assert_int_equal(answer.code, 304);
            expect_header(&answer, "ETag", tag.text);
            expect_header(&answer, "Cache-Control", "public, max-age=3600, immutable");
            expect_header(&answer, "Last-Modified", "");
            expect_header(&answer, "Access-Control-Allow-Origin", "*");
            expect_header(&answer, "Vary", "");
            expect_header(&answer, "Content-Type", "");
            og_answer_free(&answer);
        }
        og_fake_engine_let_go(f->engine);
        assert_int_equal(og_fake_engine_found(f->engine), found);
    }
    og_client_close(&client);
}

static void tags_and_dates_decide_as_the_standard_says(void **state)
{
    struct og_fixture *f = *state;
    struct og_client *client = og_client_open(f->port);
    struct value tag = tag_of(client, HIT, "");
    char many[600], weak[600];
    snprintf(many, sizeof many, "If-None-Match: \"x\", %s\r\n", tag.text);
    snprintf(weak, sizeof weak, "If-None-Match: W/%s\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n",
             tag.text);
    const struct {
        const char *headers;
        int code;
    } cases[] = {
        {"", 200},
        {many, 304},
        {weak, 304},
        {"If-None-Match: *\r\n", 304},
        {"If-None-Match: \"x\"\r\n", 200},
        {"If-None-Match: \"x\"\r\nIf-Modified-Since: " DATE "\r\n", 200},
        {"If-None-Match: \"x\"\r\nIf-None-Match: *\r\n", 200},
        {"If-None-Match: \r\n", 200},
        {"If-Modified-Since: " DATE "\r\n", 304},
        {"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT\r\n", 304},
        {"If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", 200},
        {"If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n", 200},
        {"If-Modified-Since: today\r\n", 200},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_answer answer = og_client_ask(client, "GET", HIT, cases[i].headers);
        if (answer.code != cases[i].code)
            fail_msg("%d for %s", answer.code, cases[i].headers);
        og_answer_free(&answer);
    }
    struct og_answer unknown = og_client_ask(client, "GET", "/tiles/x/0/0_0.jpg", "If-None-Match: *\r\n");
    assert_int_equal(unknown.code, 404);
    og_answer_free(&unknown);
    og_client_close(&client);
}

static void each_tile_has_a_tag_of_its_own(void **state)
{
    struct og_fixture *f = *state;
    struct og_client *client = og_client_open(f->port);
    struct value one = tag_of(client, "/tiles/s/0/1_8.jpg", ""), other = tag_of(client, "/tiles/s/0/0_8.jpg", "");
    assert_string_not_equal(one.text, other.text);
    assert_string_equal(one.text, tag_of(client, "/tiles/s/0/1_8.jpg?v=1", "").text);
    og_client_close(&client);
}

static void expect_kept(struct og_client *client, const char *path, const char *more, int code, const char *kept)
{
    struct og_answer answer = og_client_ask(client, "GET", path, more);
    if (answer.code != code)
        fail_msg("%d for %s", answer.code, path);
    expect_header(&answer, "Cache-Control", kept);
    og_answer_free(&answer);
}

/* The slide has been replaced, and caches would keep the new tile under the old one's address. */
static void under_the_address_of_another_generation_nothing_is_kept(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {HIT, MISS, "/dzi/s_files/0/1_8.jpg", "/slides/s/thumbnail.jpg", "/dzi/s.dzi"};
    static const char *const now[] = {"", "?", "?w=1", "?v=0badcafe00000001", "?Host=x&v=0badcafe00000001"};
    static const char *const other[] = {"?v=0badcafe00000002",
                                        "?v=",
                                        "?v",
                                        "?v=0badcafe000000010",
                                        "?v=0BADCAFE00000001",
                                        "?a&v=1",
                                        "?v=0badcafe00000001&v=0badcafe00000001",
                                        "?v=%30badcafe00000001"};
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        for (unsigned has = 0; has < 2; has++) {
            const char *more = has ? "If-None-Match: *\r\n" : "";
            char path[128];
            for (size_t k = 0; k < sizeof now / sizeof now[0]; k++) {
                snprintf(path, sizeof path, "%s%s", paths[i], now[k]);
                expect_kept(client, path, more, has ? 304 : 200, "public, max-age=3600, immutable");
            }
            for (size_t k = 0; k < sizeof other / sizeof other[0]; k++) {
                snprintf(path, sizeof path, "%s%s", paths[i], other[k]);
                expect_kept(client, path, more, has ? 304 : 200, "public, no-cache");
            }
            expect_kept(client, paths[i], more, has ? 304 : 200, "public, max-age=3600, immutable");
        }
    og_client_close(&client);
}

/* But for when it was said and how long it took. */
static void forget_times(struct og_answer *answer)
{
    static const char *const names[] = {"\r\nDate: ", "\r\nServer-Timing: "};
    for (unsigned i = 0; i < 2; i++) {
        char *at = strstr(answer->head, names[i]), *end = at ? strstr(at + 2, "\r\n") : NULL;
        if (end)
            memmove(at, end, strlen(end) + 1);
    }
}

static void head_has_all_the_headers_of_get(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {HIT,         MISS, "/slides",  "/slides/s",         "/dzi/s.dzi",
                                        "/viewer/s", "/",  "/nothing", "/assets/viewer.js", "/healthz"};
    static const char *const more[] = {"", GZIP, "If-None-Match: *\r\n"};
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        for (size_t k = 0; k < 3; k++) {
            struct og_answer get = og_client_ask(client, "GET", paths[i], more[k]);
            struct og_answer head = og_client_ask(client, "HEAD", paths[i], more[k]);
            forget_times(&get);
            forget_times(&head);
            assert_string_equal(get.head, head.head);
            og_answer_free(&get);
            og_answer_free(&head);
        }
    og_client_close(&client);
}

static void expect_unpacked(const struct og_answer *packed, const struct og_answer *plain)
{
    z_stream stream = {.next_in = packed->body, .avail_in = (uInt)packed->size};
    uint8_t *text = malloc(plain->size + 1);
    stream.next_out = text;
    stream.avail_out = (uInt)plain->size + 1;
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, plain->size);
    assert_memory_equal(text, plain->body, plain->size);
    inflateEnd(&stream);
    free(text);
}

static void texts_come_in_gzip_to_those_who_take_it(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {"/",
                                        "/viewer/s",
                                        "/slides",
                                        "/slides/s",
                                        "/dzi/s.dzi",
                                        "/assets/viewer.js",
                                        "/assets/origami.css",
                                        "/assets/logo.svg"};
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct og_answer plain = og_client_get(client, paths[i]), packed = og_client_ask(client, "GET", paths[i], GZIP);
        assert_int_equal(packed.code, 200);
        expect_header(&plain, "Content-Encoding", "");
        expect_header(&packed, "Content-Encoding", "gzip");
        expect_header(&plain, "Vary", "Accept-Encoding");
        expect_header(&packed, "Vary", "Accept-Encoding");
        assert_string_not_equal(header(&plain, "ETag").text, header(&packed, "ETag").text);
        expect_unpacked(&packed, &plain);

        struct og_answer same = ask_with(client, "GET", paths[i], GZIP, "If-None-Match", header(&packed, "ETag").text);
        assert_int_equal(same.code, 304);
        expect_header(&same, "Vary", "Accept-Encoding");
        expect_header(&same, "ETag", header(&packed, "ETag").text);
        struct og_answer other = ask_with(client, "GET", paths[i], GZIP, "If-None-Match", header(&plain, "ETag").text);
        assert_int_equal(other.code, 200);
        og_answer_free(&plain);
        og_answer_free(&packed);
        og_answer_free(&same);
        og_answer_free(&other);
    }
    og_client_close(&client);
}

static void what_is_packed_already_or_changes_at_once_is_not_packed_again(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {HIT, "/slides/s/thumbnail.jpg", "/metrics", "/healthz", "/nothing"};
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct og_answer answer = og_client_ask(client, "GET", paths[i], GZIP);
        expect_header(&answer, "Content-Encoding", "");
        expect_header(&answer, "Vary", "");
        if (i >= 2)
            expect_header(&answer, "ETag", "");
        og_answer_free(&answer);
    }
    og_client_close(&client);
}

static void a_preflight_is_answered_on_what_other_origins_may_read(void **state)
{
    struct og_fixture *f = *state;
    static const struct {
        const char *path, *origin;
        int code;
    } cases[] = {
        {HIT, "*", 204},         {MISS, "*", 204},      {"/dzi/s.dzi", "*", 204}, {"/slides", "*", 204},
        {"/slides/s", "*", 204}, {"/metrics", "", 204}, {"/viewer/s", "", 204},   {"*", "", 204},
        {"/nothing", "", 404},   {"/%00", "", 400},
    };
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_answer answer = og_client_ask(client, "OPTIONS", cases[i].path,
                                                "Origin: http://x\r\nAccess-Control-Request-Method: GET\r\n");
        assert_int_equal(answer.code, cases[i].code);
        expect_header(&answer, "Access-Control-Allow-Origin", cases[i].origin);
        bool open = cases[i].origin[0];
        expect_header(&answer, "Access-Control-Allow-Methods", open ? "GET, HEAD, OPTIONS" : "");
        expect_header(&answer, "Access-Control-Allow-Headers", open ? "*, Authorization" : "");
        expect_header(&answer, "Access-Control-Max-Age", open ? "86400" : "");
        if (answer.code == 204) {
            expect_header(&answer, "Allow", "GET, HEAD, OPTIONS");
            expect_header(&answer, "Content-Length", "");
        }
        og_answer_free(&answer);
    }
    og_client_close(&client);
}

static void a_tile_says_what_it_cost(void **state)
{
    struct og_fixture *f = *state;
    struct og_client *client = og_client_open(f->port);
    struct og_answer miss = og_client_get(client, MISS), hit = og_client_get(client, HIT);
    expect_header(
        &miss, "Server-Timing",
        "cache;desc=\"miss\", queue;dur=1.00, read;dur=2.00, decode;dur=3.50, residual;dur=0.25, encode;dur=0.00");
    expect_header(&hit, "Server-Timing", "cache;desc=\"hit\"");
    expect_header(&hit, "Timing-Allow-Origin", "*");
    expect_header(&hit, "Access-Control-Expose-Headers", "ETag, Server-Timing");
    og_answer_free(&miss);
    og_answer_free(&hit);
    og_client_close(&client);
}

static void answers_of_all_kinds_keep_their_order_in_a_pipeline(void **state)
{
    struct og_fixture *f = *state;
    static const struct {
        const char *request;
        int code;
        bool has_body;
    } kinds[] = {
        {"GET " HIT " HTTP/1.1\r\nHost: t\r\n\r\n", 200, true},
        {"GET " HIT " HTTP/1.1\r\nHost: t\r\nIf-None-Match: *\r\n\r\n", 304, true},
        {"HEAD " HIT " HTTP/1.1\r\nHost: t\r\n\r\n", 200, false},
        {"GET " MISS " HTTP/1.1\r\nHost: t\r\n\r\n", 200, true},
        {"OPTIONS " HIT " HTTP/1.1\r\nHost: t\r\n\r\n", 204, false},
        {"GET /slides HTTP/1.1\r\nHost: t\r\n" GZIP "\r\n", 200, true},
        {"GET /nothing HTTP/1.1\r\nHost: t\r\n\r\n", 404, true},
        {"GET http://t/slides?x HTTP/1.1\r\nHost: t\r\n\r\n", 200, true},
    };
    enum { KINDS = sizeof kinds / sizeof kinds[0], ROUNDS = 12 };
    struct og_client *client = og_client_open(f->port);
    for (unsigned i = 0; i < KINDS * ROUNDS; i++) {
        const char *request = kinds[i % KINDS].request;
        assert_true(og_client_send(client, request, strlen(request)));
    }
    for (unsigned i = 0; i < KINDS * ROUNDS; i++) {
        struct og_answer answer = og_client_read(client, kinds[i % KINDS].has_body);
        assert_int_equal(answer.code, kinds[i % KINDS].code);
        og_answer_free(&answer);
    }
    og_client_close(&client);
}

/* A connection has one 304 for all its tiles: the next request must not change what is still to be sent. */
static void in_a_pipeline_each_304_names_its_own_tile(void **state)
{
    struct og_fixture *f = *state;
    static const char *const paths[] = {HIT, "/tiles/s/0/0_8.jpg", "/slides/s/thumbnail.jpg"};
    enum { PATHS = sizeof paths / sizeof paths[0], ROUNDS = 30 };
    struct og_client *client = og_client_open(f->port);
    struct value tags[PATHS];
    for (unsigned i = 0; i < PATHS; i++)
        tags[i] = tag_of(client, paths[i], "");
    assert_string_not_equal(tags[0].text, tags[1].text);
    char requests[PATHS * ROUNDS * 120];
    size_t length = 0;
    for (unsigned i = 0; i < PATHS * ROUNDS; i++)
        length += (size_t)snprintf(requests + length, sizeof requests - length,
                                   "GET %s HTTP/1.1\r\nHost: t\r\nIf-None-Match: *\r\n\r\n", paths[i % PATHS]);
    assert_true(og_client_send(client, requests, length));
    for (unsigned i = 0; i < PATHS * ROUNDS; i++) {
        struct og_answer answer = og_client_read(client, true);
        assert_int_equal(answer.code, 304);
        expect_header(&answer, "ETag", tags[i % PATHS].text);
        og_answer_free(&answer);
    }
    og_client_close(&client);
}

/* Browsers keep no longer cookie than this. */
static void a_head_with_a_cookie_of_4096_bytes_is_answered(void **state)
{
    struct og_fixture *f = *state;
    char headers[6000];
    snprintf(headers, sizeof headers, "Accept: %0*d\r\nCookie: name=%0*d\r\n", 1000, 0, 4096, 0);
    struct og_client *client = og_client_open(f->port);
    struct og_answer answer = og_client_ask(client, "GET", HIT, headers);
    assert_int_equal(answer.code, 200);
    og_answer_free(&answer);
    og_client_close(&client);
}

static void a_head_that_is_too_long_is_431(void **state)
{
    struct og_fixture *f = *state;
    char request[40000];
    int n = snprintf(request, sizeof request, "GET / HTTP/1.1\r\nHost: t\r\nX-Long: %0*d\r\n\r\n", 39000, 0);
    struct og_client *client = og_client_open(f->port);
    og_client_send(client, request, (size_t)n);
    struct og_answer answer = og_client_read(client, true);
    assert_int_equal(answer.code, 431);
    og_answer_free(&answer);
    og_client_close(&client);
}

static void under_a_base_path_there_is_everything_and_beside_it_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *path, *location;
        int code;
    } cases[] = {
        {"/a/origami", "origami/", 308},
        {"/a/origami?x", "origami/", 308},
        {"/a/origami/", "", 200},
        {"/a/origami" HIT, "", 200},
        {"/a/origami" MISS, "", 200},
        {"/a/origami/viewer/s", "", 200},
        {"/a/origami/healthz", "", 200},
        {"/a/origami/%00", "", 400},
        {"/a/origami/nothing", "", 404},
        {"/a/origami/a/origami/", "", 404},
        {"/a/origamis/", "", 404},
        {"/a/", "", 404},
        {"/", "", 404},
        {HIT, "", 404},
        {"/healthz", "", 404},
    };
    struct og_fixture *f = og_fixture_start_at("/a/origami", 2, 256);
    struct og_client *client = og_client_open(f->port);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_answer answer = og_client_get(client, cases[i].path);
        if (answer.code != cases[i].code)
            fail_msg("%s is %d", cases[i].path, answer.code);
        expect_header(&answer, "Location", cases[i].location);
        og_answer_free(&answer);
    }
    og_client_close(&client);
    og_fixture_stop(&f);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(a_tile_that_the_client_has_is_neither_looked_for_nor_made),
        WITH_SERVER(tags_and_dates_decide_as_the_standard_says),
        WITH_SERVER(each_tile_has_a_tag_of_its_own),
        WITH_SERVER(under_the_address_of_another_generation_nothing_is_kept),
        WITH_SERVER(head_has_all_the_headers_of_get),
        WITH_SERVER(texts_come_in_gzip_to_those_who_take_it),
        WITH_SERVER(what_is_packed_already_or_changes_at_once_is_not_packed_again),
        WITH_SERVER(a_preflight_is_answered_on_what_other_origins_may_read),
        WITH_SERVER(a_tile_says_what_it_cost),
        WITH_SERVER(answers_of_all_kinds_keep_their_order_in_a_pipeline),
        WITH_SERVER(in_a_pipeline_each_304_names_its_own_tile),
        WITH_SERVER(a_head_with_a_cookie_of_4096_bytes_is_answered),
        WITH_SERVER(a_head_that_is_too_long_is_431),
        cmocka_unit_test(under_a_base_path_there_is_everything_and_beside_it_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
