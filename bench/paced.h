/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_PACED_H
#define OG_BENCH_PACED_H
/*
 * Requests at random from a list of paths, over many kept-alive connections, by as few threads as it takes.
 *
 *     closed loop   every connection asks again as soon as it is answered: what a server can do
 *     open loop     requests fall due at a rate, at random gaps; a latency counts from the moment at which the request
 *                   was due, whether or not a connection was free
 *
 * Threads:   run belongs to one thread and starts its own.
 * Ownership: borrows everything.
 * Errors:    answers with another status than the expected one are counted in `failed`.
 */
#include <stddef.h>
#include <stdint.h>

struct paced_plan {
    uint16_t port;
    const char *const *paths;
    const char *const *lines; /* header lines for each path, each line with its end; NULL: none */
    size_t count;
    unsigned expected; /* status */
    unsigned threads, connections;
    double rate; /* requests per second; 0: closed loop */
    double seconds;
    uint64_t seed;
};

struct paced_result {
    double answers, failed, per_second;
    double p50, p99, p999; /* milliseconds */
    double busy;           /* share of its processors' time that the driver itself took, in percent */
};

struct paced_result paced_run(const struct paced_plan *plan);

#endif
