/* SPDX-License-Identifier: MIT */
#include "tool/window.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct og_window {
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t room, arrival;
    uint64_t items, taken, consumed;
    bool stopped;
    struct og_error error;
    unsigned capacity;
    og_window_drop *drop;
    void *context;
    void *slots[];
};

struct og_window *og_window_new(uint64_t items, unsigned capacity, og_window_drop *drop, void *context)
{
    struct og_window *w = calloc(1, sizeof *w + capacity * sizeof w->slots[0]);
    if (!w)
        return NULL;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->room, NULL);
    pthread_cond_init(&w->arrival, &monotonic);
    pthread_condattr_destroy(&monotonic);
    w->items = items;
    w->capacity = capacity;
    w->drop = drop;
    w->context = context;
    return w;
}

bool og_window_take(struct og_window *w, uint64_t *index)
{
    pthread_mutex_lock(&w->lock);
    while (!w->stopped && w->taken < w->items && w->taken >= w->consumed + w->capacity)
        pthread_cond_wait(&w->room, &w->lock);
    bool work = !w->stopped && w->taken < w->items;
    if (work)
        *index = w->taken++;
    pthread_mutex_unlock(&w->lock);
    return work;
}

void og_window_give(struct og_window *w, uint64_t index, void *item)
{
    pthread_mutex_lock(&w->lock);
    w->slots[index % w->capacity] = item;
    if (index == w->consumed)
        pthread_cond_signal(&w->arrival);
    pthread_mutex_unlock(&w->lock);
}

void og_window_fail(struct og_window *w, const struct og_error *err)
{
    pthread_mutex_lock(&w->lock);
    if (w->error.status == OG_OK)
        w->error = *err;
    w->stopped = true;
    pthread_cond_broadcast(&w->room);
    pthread_cond_signal(&w->arrival);
    pthread_mutex_unlock(&w->lock);
}

static struct timespec deadline_after(unsigned milliseconds)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += milliseconds / 1000;
    t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

enum og_status og_window_next(struct og_window *w, unsigned milliseconds, void **item, struct og_error *err)
{
    struct timespec deadline = deadline_after(milliseconds);
    enum og_status status = OG_PENDING;
    pthread_mutex_lock(&w->lock);
    void **slot = &w->slots[w->consumed % w->capacity];
    while (!*slot && w->error.status == OG_OK)
        if (pthread_cond_timedwait(&w->arrival, &w->lock, &deadline))
            break;
    if (w->error.status != OG_OK) {
        *err = w->error;
        status = err->status;
    } else if (*slot) {
        *item = *slot;
        *slot = NULL;
        w->consumed++;
        pthread_cond_signal(&w->room);
        status = OG_OK;
    }
    pthread_mutex_unlock(&w->lock);
    return status;
}

void og_window_stop(struct og_window *w)
{
    pthread_mutex_lock(&w->lock);
    w->stopped = true;
    pthread_cond_broadcast(&w->room);
    pthread_mutex_unlock(&w->lock);
}

void og_window_destroy(struct og_window **window)
{
    struct og_window *w = *window;
    *window = NULL;
    if (!w)
        return;
    for (unsigned i = 0; i < w->capacity; i++)
        if (w->slots[i])
            w->drop(w->context, w->slots[i]);
    pthread_cond_destroy(&w->arrival);
    pthread_cond_destroy(&w->room);
    pthread_mutex_destroy(&w->lock);
    free(w);
}
