/* SPDX-License-Identifier: MIT */
#include "server_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "support/cmocka_all.h"

struct og_fixture *og_fixture_start(unsigned threads, unsigned waiting)
{
    return og_fixture_start_at("/", threads, waiting);
}

struct og_server_options og_fixture_options(unsigned threads, unsigned waiting)
{
    struct og_address address;
    struct og_error err;
    assert_int_equal(og_address_parse("127.0.0.1:0", &address, &err), OG_OK);
    struct og_server_options options = og_server_defaults(address, threads);
    options.waiting = waiting;
    return options;
}

struct og_fixture *og_fixture_start_at(const char *base_path, unsigned threads, unsigned waiting)
{
    struct og_server_options options = og_fixture_options(threads, waiting);
    return og_fixture_start_with(base_path, &options);
}

struct og_fixture *og_fixture_start_with(const char *base_path, const struct og_server_options *options)
{
    struct og_fixture *f = calloc(1, sizeof *f);
    struct og_error err;
    f->engine = og_fake_engine_new();
    f->metrics = og_metrics_new();
    f->log = og_log_new(STDERR_FILENO, OG_LOG_WARN);
    struct og_site_options site = {
        .engine = f->engine, .metrics = f->metrics, .version = "test", .base_path = base_path, .cache_max_age = 3600};
    assert_int_equal(og_site_open(&site, &f->site, &err), OG_OK);
    assert_int_equal(og_server_start(options, &f->site, f->log, &f->server, &err), OG_OK);
    struct og_address address = og_server_address(f->server);
    f->port = og_address_port(&address);
    return f;
}

void og_fixture_stop(struct og_fixture **fixture)
{
    struct og_fixture *f = *fixture;
    og_fake_engine_let_go(f->engine);
    og_server_stop(&f->server, 20000);
    og_site_close(&f->site);
    og_fake_engine_free(&f->engine);
    og_metrics_destroy(&f->metrics);
    og_log_destroy(&f->log);
    free(f);
    *fixture = NULL;
}

void og_nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000},
              NULL);
}

void og_fixture_await_waiting(struct og_fixture *fixture, unsigned n)
{
    for (unsigned i = 0; i < 5000 && og_fake_engine_waiting(fixture->engine) != n; i++)
        og_nap(2);
    assert_int_equal(og_fake_engine_waiting(fixture->engine), n);
}
