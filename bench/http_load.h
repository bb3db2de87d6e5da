/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_HTTP_LOAD_H
#define OG_BENCH_HTTP_LOAD_H
/*
 * Requests at random from a list of paths, over many kept-alive connections with one request under way at most on each,
 * by as few threads as it takes.
 *
 *     closed loop   every connection asks again as soon as it is answered: what a server can do
 *     open loop     requests fall due at a rate, at random gaps; a latency counts from the moment at which the request
 *                   was due, whether or not a connection was free. Those for which there was none until the end are
 *                   counted in `unsent`.
 *
 * What is answered within the `seconds` that follow the first `warm` counts; what is under way then is waited for.
 *
 * Threads:   run belongs to one thread and starts its own.
 * Ownership: borrows everything.
 * Errors:    answers that are neither as expected nor a refusal with Retry-After are counted in `failed`, and so is
 * what was not answered ten seconds after the end.
 */
#include <stddef.h>
#include <stdint.h>

struct http_load_plan {
    uint16_t port;
    const char *const *paths;
    const char *const *lines; /* header lines for each path, each line with its end; NULL: none */
    size_t count;
    unsigned expected; /* status */
    unsigned threads, connections;
    double rate; /* requests per second; 0: closed loop */
    double warm, seconds;
    uint64_t seed;
};

struct http_load_answers {
    double count, per_second;
    double p50, p99, p999; /* milliseconds; 0: there was none */
};

struct http_load_result {
    struct http_load_answers good, refused; /* refused: 503 with Retry-After */
    double failed, unsent;                  /* requests */
    double cpu;                             /* processors that the driver itself took */
};

struct http_load_result http_load_run(const struct http_load_plan *plan);

#endif
