/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine_parts.h"

enum { NS_PER_MS = 1000000 };

static bool is_idle_within(struct og_engine *engine, uint64_t patience_ms)
{
    const struct timespec nap = {.tv_nsec = NS_PER_MS};
    uint64_t since_ns = og_clock_monotonic_ns();
    while (atomic_load_explicit(&engine->in_flight, memory_order_acquire) != 0) { /* N3 */
        if ((og_clock_monotonic_ns() - since_ns) / NS_PER_MS >= patience_ms)
            return false;
        nanosleep(&nap, NULL);
    }
    return true;
}

struct remainder {
    struct og_waiter *waiters;
    unsigned jobs, slides; /* of the slides, those that differ from the one before */
    char slide[OG_SLIDE_ID_MAX + 1];
};

static void dismiss(void *context, struct og_job *job)
{
    struct remainder *left = context;
    const char *slide = og_slide_facts(job->slide)->id;
    pthread_mutex_lock(&job->lock);
    struct og_waiter *waiters = og_job_take_waiters_locked(job);
    job->demanded = 0;
    pthread_mutex_unlock(&job->lock);
    while (waiters) {
        struct og_waiter *next = waiters->next;
        waiters->next = left->waiters;
        left->waiters = waiters;
        waiters = next;
    }
    left->jobs++;
    left->slides += strcmp(left->slide, slide) != 0;
    snprintf(left->slide, sizeof left->slide, "%s", slide);
}

/* What is in flight now has met something that does not return. Nobody joins it any more. */
static void dismiss_all(struct og_engine *engine)
{
    struct remainder left = {0};
    og_flight_visit_all(engine->flight, dismiss, &left);
    og_log_write(engine->log, OG_LOG_ERROR, "engine",
                 "%u jobs are not finished, of slide %s%s: reads have not returned", left.jobs, left.slide,
                 left.slides > 1 ? " and others" : "");
    while (left.waiters) {
        struct og_waiter *next = left.waiters->next;
        left.waiters->done(left.waiters, OG_STOPPING, NULL);
        left.waiters = next;
    }
}

static void pass_by(void *context, struct og_job *job)
{
    (void)context, (void)job;
}

bool og_engine_drain(struct og_engine *engine, uint64_t patience_ms)
{
    atomic_store_explicit(&engine->stopping, true, memory_order_release); /* N1 */
    og_flight_visit_all(engine->flight, pass_by, NULL);
    og_park_notify_all(&engine->work);
    og_park_notify_all(&engine->reserve);
    if (is_idle_within(engine, patience_ms))
        return true;
    dismiss_all(engine);
    return false;
}
