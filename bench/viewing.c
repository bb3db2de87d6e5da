/* SPDX-License-Identifier: MIT */
#include "viewing.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alternatives/cache_put_told.h"
#include "engine_parts.h"
#include "random.h"
#include "report.h"

enum { CREW = 4 };

struct view {
    uint64_t due_ns;
    unsigned missing; /* under the lock */
};

struct request {
    struct og_waiter waiter; /* first: done finds the request by it */
    struct run *run;
    struct request *next;
    struct og_tile_name name;
    struct view *view;
    uint64_t tile;
    struct og_buf *buf; /* to be written; NULL: to be fetched */
};

struct run {
    const struct viewing_plan *plan;
    struct og_engine *engine;
    pthread_mutex_t lock;
    pthread_cond_t work;
    /* under the lock */
    struct request *first, **last; /* for the crew */
    bool ended;
    unsigned under_way;
    double *tile_ms, *view_ms;
    size_t tiles, views;
    struct viewing_result result;
};

struct hand {
    struct og_thread thread;
    struct run *run;
    struct og_metrics_block *metrics;
};

void og_cache_put_of_product(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf);

static void note(struct run *run, struct view *view, const struct og_buf *buf)
{
    double ms = (double)(og_clock_monotonic_ns() - view->due_ns) / 1e6;
    pthread_mutex_lock(&run->lock);
    if (buf) {
        run->tile_ms[run->tiles++] = ms;
        run->result.bytes += (double)buf->size;
    } else {
        run->result.failed++;
    }
    if (--view->missing == 0)
        run->view_ms[run->views++] = ms;
    pthread_mutex_unlock(&run->lock);
}

static void end_request(struct request *request)
{
    struct run *run = request->run;
    og_buf_unref(&request->buf);
    og_tile_name_release(&request->name);
    free(request);
    pthread_mutex_lock(&run->lock);
    run->under_way--;
    pthread_mutex_unlock(&run->lock);
}

static void hand_over(struct request *request)
{
    struct run *run = request->run;
    request->next = NULL;
    pthread_mutex_lock(&run->lock);
    *run->last = request;
    run->last = &request->next;
    pthread_cond_signal(&run->work);
    pthread_mutex_unlock(&run->lock);
}

/* Takes the buffer. */
static void write_or_end(struct request *request, struct og_buf *buf)
{
    const struct viewing_plan *plan = request->run->plan;
    request->buf = buf;
    if (buf && plan->write_asked_for && !disk_tier_has(plan->tier, request->tile))
        hand_over(request);
    else
        end_request(request);
}

static void on_done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct request *request = (struct request *)waiter;
    (void)status;
    note(request->run, request->view, buf);
    write_or_end(request, buf);
}

static void fetch(struct run *run, struct request *request, struct og_metrics_block *metrics)
{
    request->buf = disk_tier_get(run->plan->tier, request->tile);
    if (!request->buf) {
        og_engine_submit(run->engine, &request->name, &request->waiter, metrics);
        return;
    }
    og_cache_put_of_product(run->engine->cache, og_metrics_seat(metrics), &request->name.key, request->buf);
    note(run, request->view, request->buf);
    pthread_mutex_lock(&run->lock);
    run->result.from_tier++;
    run->result.tier_bytes += (double)request->buf->size;
    pthread_mutex_unlock(&run->lock);
    end_request(request);
}

static struct request *next_of(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    while (!run->first && !run->ended)
        pthread_cond_wait(&run->work, &run->lock);
    struct request *request = run->first;
    if (request)
        run->first = request->next;
    if (!run->first)
        run->last = &run->first;
    pthread_mutex_unlock(&run->lock);
    return request;
}

static void *serve(void *argument)
{
    struct hand *hand = argument;
    struct request *request;
    while ((request = next_of(hand->run))) {
        if (request->buf) {
            disk_tier_put(hand->run->plan->tier, request->tile, request->buf);
            end_request(request);
        } else {
            fetch(hand->run, request, hand->metrics);
        }
    }
    return NULL;
}

static void ask(struct run *run, struct view *view, const struct stream_tile *tile, struct og_metrics_block *metrics)
{
    struct request *request = calloc(1, sizeof *request);
    const struct viewing_plan *plan = run->plan;
    *request = (struct request){.run = run, .view = view, .waiter = {.done = on_done}};
    request->tile = disk_tier_tile(tile->level, tile->x, tile->y);
    if (og_engine_name(run->engine, plan->slide, strlen(plan->slide), tile->level, tile->x, tile->y, &request->name,
                       metrics) != OG_OK)
        exit(1);
    pthread_mutex_lock(&run->lock);
    run->under_way++;
    pthread_mutex_unlock(&run->lock);
    struct og_buf *buf = og_engine_find(run->engine, &request->name, metrics);
    if (buf) {
        note(run, view, buf);
        run->result.from_memory++; /* this thread's alone */
        write_or_end(request, buf);
    } else if (plan->tier && disk_tier_has(plan->tier, request->tile)) {
        hand_over(request);
    } else {
        og_engine_submit(run->engine, &request->name, &request->waiter, metrics);
    }
}

static void ask_all(struct run *run, struct view *views, struct og_metrics_block *metrics)
{
    struct stream *stream = run->plan->stream;
    uint64_t gaps = ~stream->state, due_ns = og_clock_monotonic_ns();
    struct stream_tile tile = stream_next(stream);
    for (unsigned asked = 0; asked < run->plan->tiles; views++) {
        struct stream_tile step[WINDOW_WIDTH * WINDOW_HEIGHT];
        unsigned n = 0;
        do
            step[n++] = tile;
        while (tile = stream_next(stream), !tile.first);
        *views = (struct view){.due_ns = due_ns, .missing = n};
        if (due_ns > og_clock_monotonic_ns())
            sleep_until(due_ns);
        for (unsigned i = 0; i < n; i++)
            ask(run, views, &step[i], metrics);
        asked += n;
        due_ns += (uint64_t)(1e9 * random_gap(&gaps, n / run->plan->rate));
    }
}

static void rank(double *ms, size_t n, double *p50, double *p95, double *p99)
{
    qsort(ms, n, sizeof *ms, report_by_size);
    *p50 = report_rank(ms, n, 500);
    *p95 = report_rank(ms, n, 950);
    *p99 = report_rank(ms, n, 990);
}

static bool is_quiet(struct run *run)
{
    pthread_mutex_lock(&run->lock);
    bool quiet = !run->under_way;
    pthread_mutex_unlock(&run->lock);
    return quiet && !og_engine_gauges(run->engine).jobs_in_flight;
}

struct viewing_result viewing_run(struct slides *slides, struct og_engine *engine, const struct viewing_plan *plan)
{
    unsigned room = plan->tiles + WINDOW_WIDTH * WINDOW_HEIGHT;
    struct run run = {
        .plan = plan, .engine = engine, .lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER};
    struct view *views = calloc(room, sizeof *views);
    struct hand crew[CREW];
    run.last = &run.first;
    run.tile_ms = calloc(room, sizeof *run.tile_ms);
    run.view_ms = calloc(room, sizeof *run.view_ms);
    for (unsigned i = 0; i < CREW; i++) {
        crew[i] = (struct hand){.run = &run, .metrics = og_metrics_take(slides->metrics)};
        if (og_thread_start(&crew[i].thread, "crew", i, serve, &crew[i]) != OG_OK)
            exit(1);
    }
    double all = process_cpu(), own = thread_cpu();
    ask_all(&run, views, slides->block);
    while (!is_quiet(&run))
        usleep(1000);
    run.result.cpu = process_cpu() - all - (thread_cpu() - own);
    pthread_mutex_lock(&run.lock);
    run.ended = true;
    pthread_cond_broadcast(&run.work);
    pthread_mutex_unlock(&run.lock);
    for (unsigned i = 0; i < CREW; i++)
        og_thread_join(&crew[i].thread);
    run.result.tiles = (double)run.tiles;
    rank(run.tile_ms, run.tiles, &run.result.tile_p50, &run.result.tile_p95, &run.result.tile_p99);
    rank(run.view_ms, run.views, &run.result.view_p50, &run.result.view_p95, &run.result.view_p99);
    free(run.tile_ms);
    free(run.view_ms);
    free(views);
    return run.result;
}
