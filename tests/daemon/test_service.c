/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "daemon/deepzoom.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/process_use.h"
#include "support/threads.h"

#define WIDTH  700
#define HEIGHT 300
#define SLIDES 3

static const char *const names[SLIDES] = {"a", "b.c_files", "d-2"};

struct fixture {
    struct folder *folder;
    int log_fd;
    struct og_params params;
    struct og_service *service;
    uint16_t port;
    struct og_pyramid pyramid;
    bool failed; /* to start again */
};

static void start_service(struct fixture *f)
{
    struct og_error err = {.text = ""};
    if (og_service_start(&f->params, f->log_fd, &f->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(f->service);
    f->port = og_address_port(&address);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct og_error err;
    f->folder = folder_make();
    f->pyramid = deepzoom_pyramid(WIDTH, HEIGHT);
    for (unsigned i = 0; i < SLIDES; i++)
        deepzoom_write(f->folder, names[i], WIDTH, HEIGHT, i);
    folder_write_text(f->folder, "foreign.tif", "not a slide");
    folder_write_text(f->folder, "empty.tif", "");
    f->log_fd = memfd_create("log", MFD_CLOEXEC);
    og_params_init(&f->params);
    snprintf(f->params.slides, sizeof f->params.slides, "%s", f->folder->path);
    snprintf(f->params.listen, sizeof f->params.listen, "127.0.0.1:0");
    f->params.workers = 2;
    f->params.http_threads = 2;
    f->params.cache_bytes = 8 << 20;
    assert_int_equal(og_params_resolve(&f->params, &err), OG_OK);
    start_service(f);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    og_service_stop(&f->service);
    close(f->log_fd);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void expect_text(uint16_t port, const char *path, int code, const char *part)
{
    struct og_answer answer = og_http_get(port, path);
    if (answer.code != code || !strstr((char *)answer.body, part))
        fail_msg("%s: %d, %s", path, answer.code, answer.code ? (char *)answer.body : "");
    og_answer_free(&answer);
}

/* The answer's code, 200 only with the bytes that were stored; 0 with others. */
static int ask(struct og_client *client, const struct og_pyramid *pyramid, const char *family, unsigned slide,
               uint32_t level, uint32_t x, uint32_t y)
{
    char path[128];
    snprintf(path, sizeof path, "/%s%s/%u/%u_%u.jpg", family, names[slide], level, x, y);
    if (strcmp(family, "dzi/") == 0)
        snprintf(path, sizeof path, "/dzi/%s_files/%u/%u_%u.jpg", names[slide], level, x, y);
    struct og_answer answer = og_client_get(client, path);
    struct og_buf *stored = deepzoom_tile(pyramid, slide, level, x, y);
    bool same = answer.size == stored->size && memcmp(answer.body, stored->data, answer.size) == 0;
    og_buf_unref(&stored);
    og_answer_free(&answer);
    return answer.code == 200 && !same ? 0 : answer.code;
}

static bool is_right(struct og_client *client, const struct og_pyramid *pyramid, const char *family, unsigned slide,
                     uint32_t level, uint32_t x, uint32_t y)
{
    return ask(client, pyramid, family, slide, level, x, y) == 200;
}

static void every_tile_of_every_level_is_served_as_it_is_stored(void **state)
{
    struct fixture *f = *state;
    struct og_client *client = og_client_open(f->port);
    for (unsigned slide = 0; slide < SLIDES; slide++)
        for (uint32_t level = 0; level <= f->pyramid.top; level++) {
            struct og_extent grid = og_pyramid_grid(&f->pyramid, f->pyramid.top - level);
            for (uint32_t i = 0; i < grid.width * grid.height; i++) {
                assert_true(is_right(client, &f->pyramid, "tiles/", slide, level, i % grid.width, i / grid.width));
                assert_true(is_right(client, &f->pyramid, "dzi/", slide, level, i % grid.width, i / grid.width));
            }
        }
    og_client_close(&client);
}

static void documents_and_pages_tell_of_the_slides(void **state)
{
    struct fixture *f = *state;
    for (unsigned i = 0; i < SLIDES; i++) {
        char path[64];
        expect_text(f->port, "/slides", 200, names[i]);
        snprintf(path, sizeof path, "/slides/%s", names[i]);
        expect_text(f->port, path, 200, "\"width\"");
        snprintf(path, sizeof path, "/dzi/%s.dzi", names[i]);
        expect_text(f->port, path, 200, "TileSize=\"256\"");
        snprintf(path, sizeof path, "/viewer/%s", names[i]);
        expect_text(f->port, path, 200, "<html");
        snprintf(path, sizeof path, "/slides/%s/thumbnail.jpg", names[i]);
        expect_text(f->port, path, 200, "\xff\xd8\xff");
    }
    expect_text(f->port, "/", 200, "<html");
    expect_text(f->port, "/assets/viewer.js", 200, "OpenSeadragon");
    expect_text(f->port, "/assets/openseadragon.min.js", 200, "OpenSeadragon");
    expect_text(f->port, "/healthz", 200, "ok");
    expect_text(f->port, "/readyz", 200, "ok");
}

static void outside_the_grid_is_404_and_beside_the_grammar_400(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *path;
        int code;
    } cases[] = {
        {"/tiles/a/10/3_0.jpg", 404},
        {"/tiles/a/10/0_2.jpg", 404},
        {"/tiles/a/11/0_0.jpg", 404},
        {"/tiles/x/0/0_0.jpg", 404},
        {"/tiles/a/9999999999/0_0.jpg", 404},
        {"/tiles/a/4294967306/0_0.jpg", 404},
        {"/slides/foreign", 404},
        {"/viewer/empty", 404},
        {"/dzi/foreign.dzi", 404},
        {"/tiles/a/10/00_0.jpg", 400},
        {"/tiles/%61/10/0_0.jpg", 400},
        {"/%2e%2e/etc/passwd", 400},
        {"/tiles/a/10/0_%00.jpg", 400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (og_http_code(f->port, "GET", cases[i].path, "") != cases[i].code)
            fail_msg("%s is not %d", cases[i].path, cases[i].code);
}

static void a_bad_entry_costs_a_log_line_and_a_count(void **state)
{
    struct fixture *f = *state;
    char log[8192] = "";
    assert_true(pread(f->log_fd, log, sizeof log - 1, 0) > 0);
    assert_non_null(strstr(log, "foreign.tif"));
    assert_non_null(strstr(log, "empty.tif"));
    assert_non_null(strstr(log, "listening on http://127.0.0.1:"));
    assert_non_null(strstr(log, "/ (3 slides)\n"));
    expect_text(f->port, "/metrics", 200, "origami_slides_scanned_total{outcome=\"skipped\"} 2\n");
    expect_text(f->port, "/metrics", 200, "origami_slides_scanned_total{outcome=\"opened\"} 3\n");
    expect_text(f->port, "/metrics", 200, "\norigami_slides 3\n");
}

static void a_tile_damaged_after_the_start_is_500_and_the_others_go_on(void **state)
{
    struct fixture *f = *state;
    folder_write_text(f->folder, "a_files/10/1_1.jpg", "no JPEG");
    folder_write_text(f->folder, "a_files/10/2_1.jpg", "");
    folder_delete(f->folder, "a_files/10/0_1.jpg");

    expect_text(f->port, "/tiles/a/10/1_1.jpg", 500, og_status_text(OG_DAMAGED));
    expect_text(f->port, "/tiles/a/10/2_1.jpg", 500, og_status_text(OG_DAMAGED));
    expect_text(f->port, "/tiles/a/10/0_1.jpg", 500, og_status_text(OG_DAMAGED));

    struct og_client *client = og_client_open(f->port);
    assert_true(is_right(client, &f->pyramid, "tiles/", 0, 10, 0, 0));
    assert_true(is_right(client, &f->pyramid, "tiles/", 1, 10, 1, 1));
    og_client_close(&client);
}

static void a_second_request_comes_from_the_cache(void **state)
{
    struct fixture *f = *state;
    expect_text(f->port, "/tiles/a/10/1_0.jpg", 200, "\xff\xd8");
    expect_text(f->port, "/metrics", 200, "origami_cache_requests_total{outcome=\"hit\"} 0\n");
    expect_text(f->port, "/tiles/a/10/1_0.jpg", 200, "\xff\xd8");
    expect_text(f->port, "/metrics", 200, "origami_cache_requests_total{outcome=\"hit\"} 1\n");
    expect_text(f->port, "/metrics", 200, "origami_cache_requests_total{outcome=\"miss\"} 1\n");
    expect_text(f->port, "/metrics", 200, "origami_http_requests_total{route=\"tile\",code=\"200\"} 2\n");
}

static void walk(struct og_member *member)
{
    struct fixture *f = member->shared;
    struct og_client *client = og_client_open(f->port);
    for (unsigned i = 0; i < 10 || og_member_has_time(member); i++) {
        unsigned slide = og_member_random(member) % SLIDES;
        uint32_t level = og_member_random(member) % (f->pyramid.top + 1);
        struct og_extent grid = og_pyramid_grid(&f->pyramid, f->pyramid.top - level);
        uint32_t x = og_member_random(member) % grid.width, y = og_member_random(member) % grid.height;
        if (!is_right(client, &f->pyramid, "tiles/", slide, level, x, y))
            og_member_fail(member, "%s/%u/%u_%u is wrong", names[slide], level, x, y);
    }
    og_client_close(&client);
}

static void many_clients_at_once_each_get_the_right_tile(void **state)
{
    assert_string_equal(og_crew_run(8, walk, *state).text, OG_AS_CLAIMED);
}

static void vanish(struct og_member *member)
{
    struct fixture *f = member->shared;
    for (unsigned i = 0; i < 10 || og_member_has_time(member); i++) {
        char request[128];
        struct og_client *client = og_client_open(f->port);
        int n = snprintf(request, sizeof request, "GET /tiles/%s/10/%u_%u.jpg HTTP/1.1\r\nHost: x\r\n\r\n",
                         names[og_member_random(member) % SLIDES], og_member_random(member) % 3,
                         og_member_random(member) % 2);
        if (!client || !og_client_send(client, request, (size_t)n))
            og_member_fail(member, "the server does not listen any more");
        og_client_close(&client);
    }
}

static void clients_that_vanish_without_their_answers_harm_nobody(void **state)
{
    struct fixture *f = *state;
    og_service_stop(&f->service);
    f->params.cache_bytes = 0; /* every request is a miss */
    start_service(f);

    assert_string_equal(og_crew_run(4, vanish, f).text, OG_AS_CLAIMED);

    struct og_client *client = og_client_open(f->port);
    int code = 503; /* while the work places are taken for those who vanished */
    for (unsigned i = 0; code == 503 && i < 5000; i++, usleep(2000))
        code = ask(client, &f->pyramid, "tiles/", 0, 10, 2, 1);
    assert_int_equal(code, 200);
    og_client_close(&client);
}

static void fifty_starts_and_stops_leave_no_descriptor_and_no_thread(void **state)
{
    struct fixture *f = *state;
    og_service_stop(&f->service);
    unsigned descriptors = og_use_descriptors(), threads = og_use_threads();

    for (unsigned i = 0; i < 50; i++) {
        start_service(f);
        assert_int_equal(og_http_code(f->port, "GET", "/tiles/a/10/0_0.jpg", ""), 200);
        og_service_stop(&f->service);
        assert_null(f->service);
    }

    assert_int_equal(og_use_descriptors(), descriptors);
    assert_true(og_use_threads_come_down_to(threads));
}

static void ask_while_it_restarts(struct og_member *member)
{
    struct fixture *f = member->shared;
    while (og_member_has_time(member)) {
        struct og_client *client = og_client_open(f->port);
        struct og_answer answer = og_client_get(client, "/tiles/a/10/0_0.jpg");
        if (answer.code != 200 && answer.code != 503 && answer.code != 0)
            og_member_fail(member, "code %d", answer.code);
        og_answer_free(&answer);
        og_client_close(&client);
    }
}

static void *restart(void *argument)
{
    struct fixture *f = argument;
    for (unsigned i = 0; i < 5 && !f->failed; i++) {
        struct og_error err;
        og_service_stop(&f->service);
        f->failed = og_service_start(&f->params, f->log_fd, &f->service, &err) != OG_OK;
    }
    return NULL;
}

static void a_service_can_be_restarted_under_load(void **state)
{
    struct fixture *f = *state;
    struct og_thread thread;
    snprintf(f->params.listen, sizeof f->params.listen, "127.0.0.1:%u", f->port);
    assert_int_equal(og_thread_start(&thread, "restart", 0, restart, f), OG_OK);
    struct og_verdict verdict = og_crew_run(4, ask_while_it_restarts, f);
    og_thread_join(&thread);
    assert_string_equal(verdict.text, OG_AS_CLAIMED);
    assert_false(f->failed);
    assert_int_equal(og_http_code(f->port, "GET", "/tiles/a/10/0_0.jpg", ""), 200);
}

static void expect_no_start(struct fixture *f, const char *reason)
{
    unsigned descriptors = og_use_descriptors(), threads = og_use_threads();
    struct og_service *service = NULL;
    struct og_error err = {.text = ""};

    assert_int_not_equal(og_service_start(&f->params, f->log_fd, &service, &err), OG_OK);

    assert_null(service);
    if (!strstr(err.text, reason))
        fail_msg("%s", err.text);
    assert_int_equal(og_use_descriptors(), descriptors);
    assert_true(og_use_threads_come_down_to(threads));
}

static void a_start_that_fails_says_why_and_unwinds(void **state)
{
    struct fixture *f = *state;
    char taken[OG_ADDRESS_TEXT], why[256];
    struct og_address address = og_service_address(f->service);
    og_address_print(&address, taken);

    snprintf(f->params.listen, sizeof f->params.listen, "%s", taken);
    snprintf(why, sizeof why, "server: cannot listen on %s: another process listens there already", taken);
    expect_no_start(f, why);

    snprintf(f->params.slides, sizeof f->params.slides, "/no/such/folder");
    expect_no_start(f, "/no/such/folder");
}

/* Until the path is answered with this code; the body then has to have this part. */
static void await(struct fixture *f, const char *path, int code, const char *part)
{
    uint64_t give_up = og_clock_monotonic_ns() + UINT64_C(30000000000);
    while (og_http_code(f->port, "GET", path, "") != code)
        if (usleep(5000) != 0 || og_clock_monotonic_ns() > give_up)
            fail_msg("%s is never %d", path, code);
    expect_text(f->port, path, code, part);
}

static void move(const struct fixture *f, const char *from, const char *to)
{
    assert_int_equal(renameat(f->folder->fd, from, f->folder->fd, to), 0);
}

static void slides_come_and_go_without_a_restart(void **state)
{
    struct fixture *f = *state;
    deepzoom_write(f->folder, ".new/late", WIDTH, HEIGHT, 7);
    expect_text(f->port, "/slides/late", 404, "");

    move(f, ".new/late_files", "late_files");
    move(f, ".new/late.dzi", "late.dzi");
    await(f, "/tiles/late/10/0_0.jpg", 200, "\xff\xd8");
    expect_text(f->port, "/slides", 200, "\"late\"");
    move(f, "late.dzi", ".new/late.dzi");

    await(f, "/tiles/late/10/0_0.jpg", 404, "");
    await(f, "/slides/late", 404, "");
    expect_text(f->port, "/tiles/a/10/0_0.jpg", 200, "\xff\xd8");
    expect_text(f->port, "/metrics", 200, "origami_slides_scanned_total{outcome=\"removed\"} 1\n");
}

#define WITH_SERVICE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVICE(every_tile_of_every_level_is_served_as_it_is_stored),
        WITH_SERVICE(documents_and_pages_tell_of_the_slides),
        WITH_SERVICE(outside_the_grid_is_404_and_beside_the_grammar_400),
        WITH_SERVICE(a_bad_entry_costs_a_log_line_and_a_count),
        WITH_SERVICE(a_tile_damaged_after_the_start_is_500_and_the_others_go_on),
        WITH_SERVICE(a_second_request_comes_from_the_cache),
        WITH_SERVICE(many_clients_at_once_each_get_the_right_tile),
        WITH_SERVICE(clients_that_vanish_without_their_answers_harm_nobody),
        WITH_SERVICE(fifty_starts_and_stops_leave_no_descriptor_and_no_thread),
        WITH_SERVICE(a_service_can_be_restarted_under_load),
        WITH_SERVICE(slides_come_and_go_without_a_restart),
        WITH_SERVICE(a_start_that_fails_says_why_and_unwinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
