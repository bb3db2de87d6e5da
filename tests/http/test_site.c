/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_engine.h"
#include "http/site.h"
#include "support/cmocka_all.h"

struct fixture {
    struct og_site site;
    struct og_metrics_block *counters;
    struct og_tile_name name;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct og_error err;
    struct og_site_options options = {.engine = og_fake_engine_new(),
                                      .metrics = og_metrics_new(),
                                      .version = "1.2.3",
                                      .base_path = "/",
                                      .cache_max_age = 3600};
    assert_int_equal(og_site_open(&options, &f->site, &err), OG_OK);
    f->counters = og_metrics_take(f->site.metrics);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    og_site_close(&f->site);
    og_fake_engine_free(&f->site.engine);
    og_metrics_destroy(&f->site.metrics);
    free(f);
    return 0;
}

static struct og_reply ask(struct fixture *f, const char *path)
{
    static const struct og_head plain = {.method = OG_METHOD_GET};
    return og_site_answer(&f->site, &plain, path, strlen(path), f->counters, &f->name);
}

/* Borrowed until the next call. */
static const char *header(const struct og_reply *reply, const char *name)
{
    static const struct og_manners manners = {.cache_control = "public, max-age=3600, immutable"};
    static struct og_headers headers;
    og_reply_headers(reply, &manners, OG_CODING_IDENTITY, &headers);
    assert_true(headers.count <= OG_HEADERS_MAX);
    for (unsigned i = 0; i < headers.count; i++)
        if (strcmp(headers.header[i].name, name) == 0)
            return headers.header[i].value;
    return "";
}

static void assert_body(const struct og_reply *reply, const char *expected)
{
    struct og_span body = og_reply_body(reply);
    assert_int_equal(body.size, strlen(expected));
    assert_memory_equal(body.data, expected, body.size);
}

static void every_route_has_its_type_and_its_traits(void **state)
{
    static const struct {
        const char *path, *type, *origin, *cache;
    } cases[] = {
        {"/", "text/html; charset=utf-8", "", "no-cache"},
        {"/viewer/s", "text/html; charset=utf-8", "", "no-cache"},
        {"/slides", "application/json", "*", "no-cache"},
        {"/slides/s", "application/json", "*", "no-cache"},
        {"/slides/s/thumbnail.jpg", "image/jpeg", "*", "public, max-age=3600, immutable"},
        {"/dzi/s.dzi", "application/xml", "*", "public, max-age=3600, immutable"},
        {"/tiles/s/0/0_0.jpg", "image/jpeg", "*", "public, max-age=3600, immutable"},
        {"/dzi/s_files/0/0_0.jpg", "image/jpeg", "*", "public, max-age=3600, immutable"},
        {"/healthz", "text/plain; charset=utf-8", "", "no-cache"},
        {"/readyz", "text/plain; charset=utf-8", "", "no-cache"},
        {"/metrics", "text/plain; version=0.0.4; charset=utf-8", "", "no-cache"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_reply reply = ask(*state, cases[i].path);

        assert_int_equal(reply.status, OG_OK);
        assert_string_equal(header(&reply, "Content-Type"), cases[i].type);
        assert_string_equal(header(&reply, "Access-Control-Allow-Origin"), cases[i].origin);
        assert_string_equal(header(&reply, "Cache-Control"), cases[i].cache);
        assert_string_equal(header(&reply, "X-Content-Type-Options"), "nosniff");
        assert_string_equal(header(&reply, "Retry-After"), "");
        assert_true(og_reply_body(&reply).size > 0);
        og_reply_release(&reply);
    }
}

static void pages_and_only_pages_carry_the_security_policy(void **state)
{
    static const char *const pages[] = {"/", "/viewer/s", "/viewer/x"};
    static const char *const others[] = {"/slides", "/viewer/.", "/tiles/s/0/0_0.jpg", "/%", "/assets/viewer.js"};
    for (size_t i = 0; i < 3; i++) {
        struct og_reply reply = ask(*state, pages[i]);
        const char *policy = header(&reply, "Content-Security-Policy");
        assert_non_null(strstr(policy, "default-src 'none'; script-src 'self'"));
        assert_non_null(strstr(policy, "frame-ancestors 'self'"));
        assert_null(strstr(policy, "unsafe"));
        assert_string_equal(header(&reply, "Referrer-Policy"), "no-referrer");
        og_reply_release(&reply);
    }
    for (size_t i = 0; i < 5; i++) {
        struct og_reply reply = ask(*state, others[i]);
        assert_string_equal(header(&reply, "Content-Security-Policy"), "");
        og_reply_release(&reply);
    }
}

static void an_address_may_be_whole(void **state)
{
    static const struct {
        const char *path;
        unsigned code;
    } cases[] = {
        {"http://a/readyz", 200}, {"HTTP://a:80/slides/s", 200}, {"http://a", 200},
        {"http://a/", 200},       {"http://a/nothing", 404},     {"http://", 400},
        {"http:///readyz", 400},  {"ftp://a/readyz", 400},       {"http://a//readyz", 400},
        {"a/readyz", 400},        {"/http://a/readyz", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_reply reply = ask(*state, cases[i].path);
        if (og_reply_code(&reply) != cases[i].code)
            fail_msg("%s: %u", cases[i].path, og_reply_code(&reply));
        og_reply_release(&reply);
    }
}

static void the_viewer_of_a_slide_that_is_not_there_is_a_page_with_404(void **state)
{
    struct fixture *f = *state;
    struct og_reply there = ask(f, "/viewer/s"), reply = ask(f, "/viewer/x");
    static const struct og_head known = {.method = OG_METHOD_GET, .if_none_match = {"*", 1}};
    assert_int_equal(og_reply_code(&there), 200);
    assert_int_equal(og_reply_code(&reply), 404);
    assert_ptr_equal(reply.buf, there.buf);
    og_reply_release(&there);
    og_reply_release(&reply);

    reply = og_site_answer(&f->site, &known, "/viewer/x", strlen("/viewer/x"), f->counters, &f->name);

    assert_int_equal(og_reply_code(&reply), 404);
    og_reply_release(&reply);
}

static void what_does_not_exist_is_404_and_what_is_malformed_400(void **state)
{
    static const struct {
        const char *path;
        unsigned code;
    } cases[] = {
        {"/tiles/x/0/0_0.jpg", 404},
        {"/tiles/s/1/0_0.jpg", 404},
        {"/tiles/s/0/2_0.jpg", 404},
        {"/tiles/s/0/0_1000.jpg", 404},
        {"/slides/x", 404},
        {"/slides/x/thumbnail.jpg", 404},
        {"/dzi/x.dzi", 404},
        {"/assets/x", 404},
        {"/assets/gallery.html", 404},
        {"/assets/viewer.html", 404},
        {"/nothing", 404},
        {"/tiles/s/9999999999/0_0.jpg", 404},
        {"/tiles/s/0/00_0.jpg", 400},
        {"/tiles/%73/0/0_0.jpg", 400},
        {"/slides/..", 400},
        {"/%00", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_reply reply = ask(*state, cases[i].path);

        assert_int_equal(og_reply_code(&reply), cases[i].code);

        assert_body(&reply, og_status_text(reply.status));
        assert_string_equal(header(&reply, "Content-Type"), "text/plain; charset=utf-8");
        assert_string_equal(header(&reply, "Cache-Control"), "no-cache");
        assert_string_equal(header(&reply, "X-Content-Type-Options"), "nosniff");
    }
}

static void a_missed_tile_is_pending_and_named(void **state)
{
    struct fixture *f = *state;

    struct og_reply reply = ask(f, "/tiles/s/0/1_7.jpg");

    assert_int_equal(reply.status, OG_PENDING);
    assert_int_equal(reply.route, OG_ROUTE_TILE);
    assert_int_equal(f->name.x, 1);
    assert_int_equal(f->name.y, 7);
}

static void refusals_say_when_and_how_to_come_back(void **state)
{
    (void)state;
    static const enum og_status try_again[] = {OG_BUSY, OG_LATE, OG_STOPPING, OG_NO_MEMORY};
    for (size_t i = 0; i < 4; i++) {
        struct og_reply reply = og_reply_status(OG_ROUTE_TILE, try_again[i]);
        assert_int_equal(og_reply_code(&reply), 503);
        assert_string_equal(header(&reply, "Retry-After"), "1");
    }
    struct og_reply method = og_reply_status(OG_ROUTE_NONE, OG_METHOD);
    assert_int_equal(og_reply_code(&method), 405);
    assert_string_equal(header(&method, "Allow"), "GET, HEAD, OPTIONS");
    assert_string_equal(header(&method, "Retry-After"), "");
}

static void a_site_that_stops_is_alive_but_not_ready(void **state)
{
    struct fixture *f = *state;
    struct og_reply before = ask(f, "/readyz");
    assert_int_equal(og_reply_code(&before), 200);
    assert_body(&before, "ok");

    atomic_store_explicit(&f->site.stopping, true, memory_order_release);

    struct og_reply ready = ask(f, "/readyz"), healthy = ask(f, "/healthz");
    assert_int_equal(og_reply_code(&ready), 503);
    assert_int_equal(og_reply_code(&healthy), 200);
    assert_body(&healthy, "ok");
}

static void answers_are_counted_by_route_and_code(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum og_route_kind route;
        enum og_status status;
        enum og_asked asked;
        unsigned code;
    } cases[] = {
        {OG_ROUTE_TILE, OG_OK, OG_ASKED_TILE, 200},        {OG_ROUTE_THUMBNAIL, OG_OK, OG_ASKED_THUMBNAIL, 200},
        {OG_ROUTE_TILE, OG_NOT_FOUND, OG_ASKED_TILE, 404}, {OG_ROUTE_TILE, OG_DAMAGED, OG_ASKED_TILE, 500},
        {OG_ROUTE_SLIDES, OG_OK, OG_ASKED_SLIDES, 200},    {OG_ROUTE_ASSET, OG_OK, OG_ASKED_PAGE, 200},
        {OG_ROUTE_NONE, OG_METHOD, OG_ASKED_NOTHING, 405}, {OG_ROUTE_READY, OG_STOPPING, OG_ASKED_HEALTH, 503},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t before = og_metrics_answers(f->site.metrics, cases[i].asked, cases[i].code);
        struct og_reply reply = og_reply_status(cases[i].route, cases[i].status);

        og_site_count(f->counters, &reply, 10);

        assert_int_equal(og_metrics_answers(f->site.metrics, cases[i].asked, cases[i].code), before + 1);
    }
    assert_int_equal(og_metrics_sum(f->site.metrics, OG_COUNT_HTTP_BYTES), 80);
}

static void metrics_have_every_gauge_and_satisfy_promtool(void **state)
{
    static const char *const lines[] = {
        "origami_build_info{version=\"1.2.3\"} 1\n",
        "\norigami_reader_info{kind=\"mmap\"} 1\n",
        "\norigami_slides 1\n",
        "\norigami_workers 1\n",
        "\norigami_jobs_in_flight 0\n",
        "\norigami_queue_depth{queue=\"encode\"} 0\n",
        "\norigami_cache_bytes 0\n",
        "\norigami_cache_entries 0\n",
        "\norigami_cache_capacity_bytes 0\n",
        "\norigami_memory_bound_bytes ",
        "\nprocess_start_time_seconds ",
        "\nprocess_resident_memory_bytes ",
        "\nprocess_open_fds ",
        "\nprocess_cpu_seconds_total ",
        "\nprocess_max_fds ",
        "\nprocess_threads ",
        "\nprocess_virtual_memory_bytes ",
        "\norigami_http_requests_total{route=\"tile\",code=\"200\"} 0\n",
        "\norigami_http_connections 0\n",
        "\norigami_http_suspended_requests 0\n",
    };
    struct og_reply reply = ask(*state, "/metrics");
    struct og_span body = og_reply_body(&reply);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (!memmem(body.data, body.size, lines[i], strlen(lines[i])))
            fail_msg("missing: %s", lines[i]);
    assert_int_equal(body.data[body.size - 1], '\n');

    if (system("command -v promtool >/dev/null 2>&1") == 0) {
        FILE *promtool = popen("promtool check metrics >&2", "w");
        assert_non_null(promtool);
        assert_int_equal(fwrite(body.data, 1, body.size, promtool), body.size);
        assert_int_equal(pclose(promtool), 0);
    }
    og_reply_release(&reply);
}

static void answers_to_metrics_that_nobody_takes_are_bounded_and_nobody_is_refused(void **state)
{
    enum { MANY = 100 };
    struct og_reply replies[MANY];
    unsigned bodies = 0;
    for (unsigned i = 0; i < MANY; i++) {
        replies[i] = ask(*state, "/metrics");
        assert_int_equal(replies[i].status, OG_OK);
        bodies += i == 0 || replies[i].buf != replies[i - 1].buf;
    }
    assert_in_range(bodies, 8, MANY / 2);
    for (unsigned i = 0; i < MANY; i++)
        og_reply_release(&replies[i]);
    struct og_reply again = ask(*state, "/metrics");
    assert_int_equal(again.status, OG_OK);
    og_reply_release(&again);
}

static void expect_manners(uint64_t max_age, bool private, const char *kept, const char *asked)
{
    struct og_site site;
    struct og_error err;
    struct og_site_options options = {.base_path = "/", .cache_max_age = max_age, .cache_private = private};
    assert_int_equal(og_site_open(&options, &site, &err), OG_OK);
    assert_string_equal(site.manners.cache_control, kept);
    assert_string_equal(site.manners.ask_again, asked);
    og_site_close(&site);
}

static void who_may_keep_answers_and_how_long_is_as_it_was_set(void **state)
{
    (void)state;
    expect_manners(3600, false, "public, max-age=3600, immutable", "public, no-cache");
    expect_manners(77, true, "private, max-age=77, immutable", "private, no-cache");
    expect_manners(UINT64_MAX, false, "public, max-age=18446744073709551615, immutable", "public, no-cache");
    expect_manners(0, false, "public, no-cache", "public, no-cache");
    expect_manners(0, true, "private, no-cache", "private, no-cache");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_route_has_its_type_and_its_traits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pages_and_only_pages_carry_the_security_policy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_address_may_be_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_viewer_of_a_slide_that_is_not_there_is_a_page_with_404, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_does_not_exist_is_404_and_what_is_malformed_400, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_missed_tile_is_pending_and_named, set_up, tear_down),
        cmocka_unit_test(refusals_say_when_and_how_to_come_back),
        cmocka_unit_test_setup_teardown(a_site_that_stops_is_alive_but_not_ready, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_are_counted_by_route_and_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(metrics_have_every_gauge_and_satisfy_promtool, set_up, tear_down),
        cmocka_unit_test(who_may_keep_answers_and_how_long_is_as_it_was_set),
        cmocka_unit_test_setup_teardown(answers_to_metrics_that_nobody_takes_are_bounded_and_nobody_is_refused, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
