/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"
#include "random.h"
#include "report.h"
#include "slides.h"
#include "sync/park.h"

enum { CALLERS = 4096, LATENCIES = 1 << 20 };

static const double nanosecond = 1e-9;

struct caller {
    struct og_waiter waiter; /* first: done finds the caller by it */
    struct run *run;
    struct caller *next;
    struct og_tile_name name;
    uint64_t due_ns, done_ns;
    enum og_status status;
};

struct run {
    const struct load_plan *plan;
    struct og_engine *engine;
    struct og_metrics_block *block;
    struct caller *callers, *idle;
    unsigned under_way;
    bool measured; /* past the warm-up */
    double *latencies;
    size_t tiles, hits, failed;
    pthread_mutex_t lock;
    struct caller *answered; /* under the lock */
    struct og_park bell;
};

struct use {
    double cpu, switches;
};

static struct use use_now(void)
{
    struct rusage all;
    getrusage(RUSAGE_SELF, &all);
    return (struct use){process_cpu() - thread_cpu(), (double)(all.ru_nvcsw + all.ru_nivcsw)};
}

static void on_done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct caller *caller = (struct caller *)waiter;
    struct run *run = caller->run;
    caller->done_ns = og_clock_monotonic_ns();
    caller->status = status;
    og_buf_unref(&buf);
    pthread_mutex_lock(&run->lock);
    caller->next = run->answered;
    run->answered = caller;
    pthread_mutex_unlock(&run->lock);
    og_park_notify_one(&run->bell);
}

static void count(struct run *run, uint64_t due_ns, uint64_t done_ns, enum og_status status, bool hit)
{
    if (!run->measured)
        return;
    if (status != OG_OK) {
        run->failed++;
        return;
    }
    run->hits += hit;
    if (run->tiles < LATENCIES)
        run->latencies[run->tiles] = 1e3 * (double)(done_ns - due_ns) * nanosecond;
    run->tiles++;
}

static bool collect(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    struct caller *caller = run->answered;
    run->answered = NULL;
    pthread_mutex_unlock(&run->lock);
    bool some = caller;
    while (caller) {
        struct caller *next = caller->next;
        count(run, caller->due_ns, caller->done_ns, caller->status, false);
        og_tile_name_release(&caller->name);
        caller->next = run->idle;
        run->idle = caller;
        run->under_way--;
        caller = next;
    }
    return some;
}

static void await_answers(struct run *run)
{
    uint32_t ticket = og_park_prepare(&run->bell);
    if (collect(run))
        og_park_cancel(&run->bell);
    else
        og_park_wait(&run->bell, ticket);
    collect(run);
}

static void ask(struct run *run, const struct stream_tile *tile, uint64_t due_ns)
{
    struct caller *caller = run->idle;
    const char *id = run->plan->slide;
    if (og_engine_name(run->engine, id, strlen(id), tile->level, tile->x, tile->y, &caller->name, run->block) !=
        OG_OK) {
        fprintf(stderr, "bench: slide %s has no tile %u/%u_%u\n", id, tile->level, tile->x, tile->y);
        exit(1);
    }
    struct og_buf *buf = og_engine_find(run->engine, &caller->name, run->block);
    if (buf) {
        count(run, due_ns, og_clock_monotonic_ns(), OG_OK, true);
        og_buf_unref(&buf);
        og_tile_name_release(&caller->name);
        return;
    }
    run->idle = caller->next;
    run->under_way++;
    caller->due_ns = due_ns;
    caller->waiter = (struct og_waiter){.done = on_done};
    og_engine_submit(run->engine, &caller->name, &caller->waiter, run->block);
}

static void run_closed(struct run *run, uint64_t end_ns)
{
    for (uint64_t now = og_clock_monotonic_ns(); now < end_ns; now = og_clock_monotonic_ns()) {
        collect(run);
        if (run->under_way < run->plan->in_flight) {
            struct stream_tile tile = stream_next(run->plan->stream);
            ask(run, &tile, og_clock_monotonic_ns());
        } else {
            await_answers(run);
        }
    }
}

static void run_open(struct run *run, uint64_t start_ns, uint64_t end_ns)
{
    uint64_t gaps = ~run->plan->stream->state, due_ns = start_ns;
    unsigned together = 0;
    for (;;) {
        struct stream_tile tile = stream_next(run->plan->stream);
        if (tile.first) {
            due_ns += (uint64_t)(random_gap(&gaps, together / run->plan->rate) / nanosecond);
            together = 0;
        }
        together++;
        if (due_ns >= end_ns)
            return;
        if (due_ns > og_clock_monotonic_ns())
            sleep_until(due_ns);
        collect(run);
        if (run->idle)
            ask(run, &tile, due_ns);
        else
            count(run, due_ns, due_ns, OG_BUSY, false);
    }
}

static void rank(double *latencies, size_t n, struct load_result *result)
{
    qsort(latencies, n, sizeof *latencies, report_by_size);
    result->p50 = report_rank(latencies, n, 500);
    result->p95 = report_rank(latencies, n, 950);
    result->p99 = report_rank(latencies, n, 990);
}

static void open_callers(struct run *run)
{
    run->callers = calloc(CALLERS, sizeof *run->callers);
    run->latencies = malloc(LATENCIES * sizeof *run->latencies);
    for (unsigned i = 0; i < CALLERS; i++) {
        run->callers[i] = (struct caller){.run = run, .next = run->idle};
        run->idle = &run->callers[i];
    }
}

struct load_result load_run(struct og_engine *engine, struct og_metrics_block *block, const struct load_plan *plan)
{
    struct run run = {.plan = plan, .engine = engine, .block = block, .lock = PTHREAD_MUTEX_INITIALIZER};
    og_park_init(&run.bell);
    open_callers(&run);
    struct use before = {0};
    uint64_t start_ns = 0, end_ns = 0;
    for (int measured = 0; measured < 2; measured++) { /* the same stream goes on: no gap between warm and measured */
        double seconds = measured ? plan->seconds : plan->warm;
        start_ns = og_clock_monotonic_ns();
        end_ns = start_ns + (uint64_t)(seconds / nanosecond);
        run.measured = measured;
        before = use_now();
        if (plan->rate > 0)
            run_open(&run, start_ns, end_ns);
        else
            run_closed(&run, end_ns);
    }
    size_t answered_in_time = run.tiles;
    double took = (double)(og_clock_monotonic_ns() - start_ns) * nanosecond;
    struct use after = use_now();
    while (run.under_way)
        await_answers(&run);
    while (og_engine_gauges(engine).jobs_in_flight)
        usleep(1000);

    size_t ranked = run.tiles < LATENCIES ? run.tiles : LATENCIES;
    double tiles = answered_in_time ? (double)answered_in_time : 1;
    struct load_result result = {.tiles = (double)answered_in_time,
                                 .hits = (double)run.hits,
                                 .failed = (double)run.failed,
                                 .per_second = (double)answered_in_time / took,
                                 .cpu = 1e3 * (after.cpu - before.cpu) / tiles,
                                 .switches = (after.switches - before.switches) / tiles};
    rank(run.latencies, ranked, &result);
    free(run.latencies);
    free(run.callers);
    return result;
}

struct reader {
    struct og_thread thread;
    struct og_engine *engine;
    struct og_metrics_block *block;
    const struct load_plan *plan;
    const struct og_tile_name *names;
    size_t count;
    uint64_t seed;
    double *latencies;
    size_t tiles, hits, timed;
};

enum { HIT_TILES = 1024, TIMED_EVERY = 16 };

static void *read_hits(void *argument)
{
    struct reader *reader = argument;
    uint64_t now = og_clock_monotonic_ns(), end = now + (uint64_t)(reader->plan->seconds / nanosecond);
    while (now < end) {
        struct og_buf *buf = NULL;
        for (int i = 0; i < TIMED_EVERY; i++) {
            og_buf_unref(&buf);
            const struct og_tile_name *name = &reader->names[random_below(&reader->seed, (uint32_t)reader->count)];
            now = i == TIMED_EVERY - 1 ? og_clock_monotonic_ns() : now;
            buf = og_engine_find(reader->engine, name, reader->block);
            reader->hits += buf != NULL;
        }
        uint64_t done = og_clock_monotonic_ns();
        if (reader->timed < LATENCIES)
            reader->latencies[reader->timed++] = 1e6 * (double)(done - now) * nanosecond;
        og_buf_unref(&buf);
        reader->tiles += TIMED_EVERY;
    }
    return NULL;
}

/* Fills the cache with the first tiles of the stream. */
static size_t name_tiles(struct og_engine *engine, struct og_metrics_block *block, const struct load_plan *plan,
                         struct og_tile_name *names)
{
    struct load_plan filling = *plan;
    struct stream again = *plan->stream;
    filling.warm = 0;
    filling.rate = 0;
    load_run(engine, block, &filling);
    size_t count = 0;
    for (unsigned tried = 0; count < HIT_TILES && tried < 64 * HIT_TILES; tried++) {
        struct stream_tile tile = stream_next(&again);
        struct og_tile_name *name = &names[count];
        if (og_engine_name(engine, plan->slide, strlen(plan->slide), tile.level, tile.x, tile.y, name, block) != OG_OK)
            exit(1);
        struct og_buf *buf = og_engine_find(engine, name, block);
        if (buf)
            count++;
        else
            og_tile_name_release(name);
        og_buf_unref(&buf);
    }
    return count;
}

struct load_result load_hits(struct og_engine *engine, struct og_metrics *metrics, const struct load_plan *plan,
                             unsigned threads)
{
    struct og_tile_name *names = calloc(HIT_TILES, sizeof *names);
    struct reader *readers = calloc(threads, sizeof *readers);
    double *latencies = malloc(threads * LATENCIES * sizeof *latencies);
    size_t count = name_tiles(engine, og_metrics_take(metrics), plan, names), timed = 0;
    struct load_result result = {0};
    if (!count)
        exit(1);
    double start = wall_clock();
    struct use before = use_now();
    for (unsigned i = 0; i < threads; i++) {
        readers[i] = (struct reader){.engine = engine,
                                     .block = og_metrics_take(metrics),
                                     .plan = plan,
                                     .names = names,
                                     .count = count,
                                     .seed = i,
                                     .latencies = latencies + i * LATENCIES};
        if (og_thread_start(&readers[i].thread, "reader", i, read_hits, &readers[i]) != OG_OK)
            exit(1);
    }
    for (unsigned i = 0; i < threads; i++) {
        og_thread_join(&readers[i].thread);
        result.tiles += (double)readers[i].tiles;
        result.hits += (double)readers[i].hits;
        memmove(latencies + timed, readers[i].latencies, readers[i].timed * sizeof *latencies);
        timed += readers[i].timed;
    }
    struct use after = use_now();
    result.per_second = result.tiles / (wall_clock() - start);
    result.cpu = 1e3 * (after.cpu - before.cpu) / result.tiles;
    result.switches = (after.switches - before.switches) / result.tiles;
    rank(latencies, timed, &result);
    for (size_t i = 0; i < count; i++)
        og_tile_name_release(&names[i]);
    free(latencies);
    free(readers);
    free(names);
    return result;
}
