/* SPDX-License-Identifier: MIT */
#include "tool/parallel.h"

#include <stdlib.h>

#include "base/thread.h"
#include "tool/window.h"

enum { WATCH_MS = 150 };

struct team {
    struct og_parallel_work work;
    struct og_window *window;
    struct og_thread workers[OG_PARALLEL_MAX];
    unsigned started;
};

static void drop(void *context, void *item)
{
    const struct og_parallel_work *work = context;
    if (work->release)
        work->release(item);
    free(item);
}

static enum og_status make_item(struct team *team, void *worker, uint64_t piece, struct og_error *err)
{
    void *item = calloc(1, team->work.item_bytes);
    if (!item)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = team->work.make(worker, piece, item, err);
    if (status == OG_OK)
        og_window_give(team->window, piece, item);
    else
        drop(&team->work, item);
    return status;
}

static enum og_status make_items(struct team *team, struct og_error *err)
{
    void *worker = calloc(1, team->work.worker_bytes);
    if (!worker)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    uint64_t piece;
    enum og_status status = team->work.join(team->work.context, worker, err);
    while (status == OG_OK && og_window_take(team->window, &piece))
        status = make_item(team, worker, piece, err);
    team->work.leave(worker);
    free(worker);
    return status;
}

static void *labour(void *argument)
{
    struct team *team = argument;
    struct og_error err = {0};
    if (make_items(team, &err) != OG_OK)
        og_window_fail(team->window, &err);
    return NULL;
}

static enum og_status start(struct team *team, const char *name, unsigned threads, struct og_error *err)
{
    while (team->started < threads) {
        enum og_status status = og_thread_start(&team->workers[team->started], name, team->started, labour, team);
        if (status != OG_OK)
            return og_error_set(err, status, "cannot start thread %u of %u", team->started + 1, threads);
        team->started++;
    }
    return OG_OK;
}

static enum og_status take_all(struct team *team, struct og_error *err)
{
    const struct og_parallel_work *work = &team->work;
    for (uint64_t piece = 0; piece < work->pieces;) {
        void *item = NULL;
        enum og_status status = og_window_next(team->window, WATCH_MS, &item, err);
        if (status == OG_OK) {
            status = work->take(work->context, piece++, item, err);
            drop(&team->work, item);
        }
        if (status != OG_OK && status != OG_PENDING)
            return status;
        if (work->watch && !work->watch(work->context))
            return og_error_set(err, OG_STOPPING, "stopped before the end");
    }
    return OG_OK;
}

enum og_status og_parallel_run(const struct og_parallel_work *work, const char *name, unsigned threads,
                               struct og_error *err)
{
    unsigned count = threads ? threads : og_thread_cores();
    count = count < OG_PARALLEL_MAX ? count : OG_PARALLEL_MAX;
    struct team team = {.work = *work};
    team.window = og_window_new(work->pieces, 2 * count + 2, drop, &team.work);
    if (!team.window)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = start(&team, name, count, err);
    if (status == OG_OK)
        status = take_all(&team, err);
    og_window_stop(team.window);
    for (unsigned i = 0; i < team.started; i++)
        og_thread_join(&team.workers[i]);
    og_window_destroy(&team.window);
    return status;
}
