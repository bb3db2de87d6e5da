/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_LOAD_H
#define OG_BENCH_LOAD_H
/*
 * Load on an engine in this process, without HTTP: what is asked for comes from a stream, what comes back is timed.
 *
 *     closed loop   so many requests are always under way; the engine sets the pace: tiles per second
 *     open loop     requests arrive at a rate of their own, at random gaps; a latency counts from the moment at which
 *                   the request was due, so that a slow answer cannot hide those that queue behind it
 *
 * Threads:   run belongs to one thread, which is the only one that asks; answers come from the engine's workers.
 * Ownership: borrows everything.
 * Errors:    tiles that were not answered well are counted in `failed`, and their latencies are left out.
 */
#include "engine/engine.h"
#include "stream.h"

struct load_plan {
    struct stream *stream;
    const char *slide;
    unsigned in_flight;   /* closed loop */
    double rate;          /* open loop when it is not 0: tiles per second */
    double warm, seconds; /* what is answered in the first `warm` seconds does not count */
};

struct load_result {
    double tiles, hits, failed;
    double per_second;
    double p50, p95, p99; /* milliseconds, over all answers */
    double cpu, switches; /* of the engine, per tile: milliseconds; context switches of the process */
};

struct load_result load_run(struct og_engine *engine, struct og_metrics_block *block, const struct load_plan *plan);

/* Looks tiles up that are in the cache, in so many threads at once. Latencies are microseconds here. */
struct load_result load_hits(struct og_engine *engine, struct og_metrics *metrics, const struct load_plan *plan,
                             unsigned threads);

#endif
