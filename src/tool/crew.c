/* SPDX-License-Identifier: MIT */
#include "tool/crew.h"

#include <stddef.h>

#include "base/thread.h"
#include "tool/window.h"

enum { WATCH_MS = 150 };

struct crew {
    const struct og_crew_work *work;
    struct og_window *window;
    struct og_thread workers[OG_CREW_MAX];
    unsigned started;
};

static void *labour(void *argument)
{
    struct crew *crew = argument;
    const struct og_crew_work *work = crew->work;
    void *worker = NULL;
    struct og_error err = {0};
    uint64_t piece;
    enum og_status status = work->join(work->context, &worker, &err);
    while (status == OG_OK && og_window_take(crew->window, &piece)) {
        void *item;
        status = work->make(worker, piece, &item, &err);
        if (status == OG_OK)
            og_window_give(crew->window, piece, item);
    }
    if (status != OG_OK)
        og_window_fail(crew->window, &err);
    work->leave(&worker);
    return NULL;
}

static enum og_status start(struct crew *crew, const char *name, unsigned threads, struct og_error *err)
{
    while (crew->started < threads) {
        enum og_status status = og_thread_start(&crew->workers[crew->started], name, crew->started, labour, crew);
        if (status != OG_OK)
            return og_error_set(err, status, "cannot start thread %u of %u", crew->started + 1, threads);
        crew->started++;
    }
    return OG_OK;
}

static enum og_status take_all(struct crew *crew, struct og_error *err)
{
    const struct og_crew_work *work = crew->work;
    for (uint64_t piece = 0; piece < work->pieces;) {
        void *item = NULL;
        enum og_status status = og_window_next(crew->window, WATCH_MS, &item, err);
        if (status == OG_OK) {
            status = work->take(work->context, piece++, item, err);
            work->drop(item);
        }
        if (status != OG_OK && status != OG_PENDING)
            return status;
        if (!work->watch(work->context))
            return og_error_set(err, OG_STOPPING, "stopped before the end");
    }
    return OG_OK;
}

enum og_status og_crew_run(const struct og_crew_work *work, const char *name, unsigned threads, struct og_error *err)
{
    unsigned count = threads ? threads : og_thread_cores();
    count = count < OG_CREW_MAX ? count : OG_CREW_MAX;
    struct crew crew = {.work = work, .window = og_window_new(work->pieces, 2 * count + 2, work->drop)};
    if (!crew.window)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = start(&crew, name, count, err);
    if (status == OG_OK)
        status = take_all(&crew, err);
    og_window_stop(crew.window);
    for (unsigned i = 0; i < crew.started; i++)
        og_thread_join(&crew.workers[i]);
    og_window_destroy(&crew.window);
    return status;
}
