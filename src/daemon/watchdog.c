/* SPDX-License-Identifier: MIT */
#include "daemon/watchdog.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/thread.h"
#include "daemon/notify.h"

#define ROUNDS 4 /* in a timeout: three may fail before the manager acts */

struct og_watchdog {
    bool (*is_well)(void *context, unsigned patience_ms);
    void *context;
    uint64_t round_us;
    struct og_thread thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock */
    bool resting, asking, ended;
};

static struct timespec after(uint64_t us)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += (time_t)(us / 1000000);
    at.tv_nsec += (long)(us % 1000000) * 1000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

static bool ask_locked(struct og_watchdog *watchdog)
{
    if (watchdog->resting)
        return true;
    watchdog->asking = true;
    pthread_mutex_unlock(&watchdog->lock);
    bool well = watchdog->is_well(watchdog->context, (unsigned)(watchdog->round_us / 1000));
    pthread_mutex_lock(&watchdog->lock);
    watchdog->asking = false;
    pthread_cond_broadcast(&watchdog->changed);
    return well;
}

static void *watch(void *argument)
{
    struct og_watchdog *watchdog = argument;
    pthread_mutex_lock(&watchdog->lock);
    while (!watchdog->ended) {
        struct timespec next = after(watchdog->round_us);
        if (ask_locked(watchdog))
            og_notify("WATCHDOG=1");
        while (!watchdog->ended && pthread_cond_timedwait(&watchdog->changed, &watchdog->lock, &next) == 0)
            continue;
    }
    pthread_mutex_unlock(&watchdog->lock);
    return NULL;
}

static void release(struct og_watchdog *watchdog)
{
    pthread_cond_destroy(&watchdog->changed);
    pthread_mutex_destroy(&watchdog->lock);
    free(watchdog);
}

enum og_status og_watchdog_start(uint64_t timeout_us, bool (*is_well)(void *context, unsigned patience_ms),
                                 void *context, struct og_watchdog **out, struct og_error *err)
{
    *out = NULL;
    if (timeout_us == 0)
        return OG_OK;
    struct og_watchdog *watchdog = calloc(1, sizeof *watchdog);
    if (!watchdog)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    watchdog->is_well = is_well;
    watchdog->context = context;
    watchdog->round_us = timeout_us / ROUNDS;
    watchdog->resting = true;
    pthread_mutex_init(&watchdog->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watchdog->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (og_thread_start(&watchdog->thread, "watchdog", 0, watch, watchdog) != OG_OK) {
        release(watchdog);
        return og_error_set(err, OG_NO_MEMORY, "the system gives no thread for the watchdog");
    }
    *out = watchdog;
    return OG_OK;
}

void og_watchdog_rest(struct og_watchdog *watchdog, bool resting)
{
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->resting = resting;
    while (resting && watchdog->asking)
        pthread_cond_wait(&watchdog->changed, &watchdog->lock);
    pthread_mutex_unlock(&watchdog->lock);
}

void og_watchdog_stop(struct og_watchdog **owned)
{
    struct og_watchdog *watchdog = *owned;
    *owned = NULL;
    if (!watchdog)
        return;
    pthread_mutex_lock(&watchdog->lock);
    watchdog->ended = true;
    pthread_cond_broadcast(&watchdog->changed);
    pthread_mutex_unlock(&watchdog->lock);
    og_thread_join(&watchdog->thread);
    release(watchdog);
}
