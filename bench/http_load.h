/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_HTTP_LOAD_H
#define OG_BENCH_HTTP_LOAD_H
/*
 * Cold tiles over HTTP from one thread, which costs little beside the server: kept-alive connections, each with one
 * request under way at most, over the slides s0, s1, … that all have the same pyramid.
 *
 *     closed loop   all connections are always busy; the server sets the pace
 *     open loop     requests arrive at a rate of their own, at random gaps; a latency counts from the moment at which
 *                   the request was due. One that finds no idle connection is not sent.
 *
 * Threads:   the bench's main thread.
 * Ownership: borrows everything.
 * Errors:    answers that are neither a tile nor a refusal with Retry-After are counted in `failed`.
 */
#include "daemon.h"
#include "stream.h"

struct http_load_plan {
    struct og_pyramid pyramid;
    unsigned names, connections;
    double rate;          /* open loop when it is not 0: requests per second */
    double warm, seconds; /* what is answered in the first `warm` seconds does not count */
    uint64_t seed;
};

struct http_load_result {
    double good, refused, failed, unsent;                /* per second */
    double good_p50, good_p99, refused_p50, refused_p99; /* milliseconds; 0: there was none */
};

struct http_load_result http_load_run(const struct daemon *daemon, const struct http_load_plan *plan);

#endif
