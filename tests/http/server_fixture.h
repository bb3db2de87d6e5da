/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SERVER_FIXTURE_H
#define OG_TESTS_SERVER_FIXTURE_H
/*
 * A real server on a port of its own, over the fake engine.
 *
 * Threads: the test's. Ownership: start returns owned, stop takes. Errors: fail the test.
 */
#include "fake_engine.h"
#include "http/server.h"

struct og_fixture {
    struct og_engine *engine;
    struct og_metrics *metrics;
    struct og_log *log;
    struct og_site site;
    struct og_server *server;
    uint16_t port;
};

struct og_fixture *og_fixture_start(unsigned threads, unsigned waiting);
struct og_fixture *og_fixture_start_with(const char *base_path, const struct og_server_options *options);
struct og_server_options og_fixture_options(unsigned threads,
                                            unsigned waiting); /* the defaults, on a port of its own */
struct og_fixture *og_fixture_start_at(const char *base_path, unsigned threads, unsigned waiting);
void og_fixture_stop(struct og_fixture **fixture); /* stops the server too unless that has happened */

/* Waits, at most ten seconds, until so many requests wait for the engine. */
void og_fixture_await_waiting(struct og_fixture *fixture, unsigned n);

void og_nap(unsigned milliseconds);

#endif
