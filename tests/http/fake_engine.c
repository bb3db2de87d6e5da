/* SPDX-License-Identifier: MIT */
#include "fake_engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/thread.h"

#define WAITERS_MAX 4096
#define COLUMNS     2
#define ROWS        1000

static const struct og_edition edition_of_s = {OG_FAKE_GENERATION, OG_FAKE_MODIFIED_S};

struct wish {
    struct og_waiter *waiter;
    uint32_t x, y;
};

struct og_engine {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct og_thread worker;
    struct og_buf *kept[COLUMNS][ROWS]; /* those with even y */
    struct wish wish[WAITERS_MAX];
    unsigned wishes;
    unsigned in_flight;
    atomic_uint_fast64_t found; /* calls of og_engine_find */
    bool held, stopping, ended;
};

static struct og_buf *bytes_of(uint32_t x, uint32_t y)
{
    char text[64];
    int n = snprintf(text, sizeof text, "tile %u_%u", x, y);
    return og_buf_copy(text, (size_t)n);
}

static void *work(void *argument)
{
    struct og_engine *engine = argument;
    pthread_mutex_lock(&engine->lock);
    while (!engine->ended) {
        if (engine->wishes == 0 || engine->held) {
            pthread_cond_wait(&engine->changed, &engine->lock);
            continue;
        }
        struct wish wish = engine->wish[--engine->wishes];
        pthread_mutex_unlock(&engine->lock);
        wish.waiter->spent = (struct og_spent){1000000, 2000000, 3500000, 250000, 4000};
        wish.waiter->done(wish.waiter, OG_OK, bytes_of(wish.x, wish.y));
        pthread_mutex_lock(&engine->lock);
        engine->in_flight--;
        pthread_cond_broadcast(&engine->changed);
    }
    pthread_mutex_unlock(&engine->lock);
    return NULL;
}

struct og_engine *og_fake_engine_new(void)
{
    struct og_engine *engine = calloc(1, sizeof *engine);
    pthread_mutex_init(&engine->lock, NULL);
    pthread_cond_init(&engine->changed, NULL);
    for (uint32_t x = 0; x < COLUMNS; x++)
        for (uint32_t y = 0; y < ROWS; y += 2)
            engine->kept[x][y] = bytes_of(x, y);
    if (og_thread_start(&engine->worker, "fake", 0, work, engine) != OG_OK)
        abort();
    return engine;
}

static void tell(struct og_engine *engine, bool *what, bool value)
{
    pthread_mutex_lock(&engine->lock);
    *what = value;
    pthread_cond_broadcast(&engine->changed);
    pthread_mutex_unlock(&engine->lock);
}

void og_fake_engine_free(struct og_engine **engine)
{
    tell(*engine, &(*engine)->ended, true);
    og_thread_join(&(*engine)->worker);
    for (uint32_t x = 0; x < COLUMNS; x++)
        for (uint32_t y = 0; y < ROWS; y += 2)
            og_buf_unref(&(*engine)->kept[x][y]);
    pthread_cond_destroy(&(*engine)->changed);
    pthread_mutex_destroy(&(*engine)->lock);
    free(*engine);
    *engine = NULL;
}

void og_fake_engine_hold(struct og_engine *engine)
{
    tell(engine, &engine->held, true);
}

void og_fake_engine_let_go(struct og_engine *engine)
{
    tell(engine, &engine->held, false);
}

unsigned og_fake_engine_waiting(struct og_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    unsigned n = engine->in_flight;
    pthread_mutex_unlock(&engine->lock);
    return n;
}

enum og_status og_engine_name(const struct og_engine *engine, const char *id, size_t id_length, uint64_t level,
                              uint64_t x, uint64_t y, struct og_tile_name *out, const struct og_metrics_block *metrics)
{
    (void)engine, (void)metrics;
    if (id_length != 1 || (id[0] != 's' && id[0] != 'z') || level != 0 || x >= COLUMNS || y >= ROWS)
        return OG_NOT_FOUND;
    *out = (struct og_tile_name){.key.slide = (uint64_t)id[0],
                                 .x = (uint32_t)x,
                                 .y = (uint32_t)y,
                                 .content = OG_FAKE_CONTENT + x * 1000 + y,
                                 .edition = edition_of_s};
    return OG_OK;
}

enum og_status og_engine_thumbnail(const struct og_engine *engine, const char *id, size_t id_length,
                                   struct og_tile_name *out, const struct og_metrics_block *metrics)
{
    return og_engine_name(engine, id, id_length, 0, 0, 0, out, metrics);
}

void og_tile_name_release(struct og_tile_name *name)
{
    name->slide = NULL;
}

static void keep_while_held(struct og_engine *engine)
{
    pthread_mutex_lock(&engine->lock);
    while (engine->held)
        pthread_cond_wait(&engine->changed, &engine->lock);
    pthread_mutex_unlock(&engine->lock);
}

struct og_buf *og_engine_find(struct og_engine *engine, const struct og_tile_name *name,
                              struct og_metrics_block *metrics)
{
    atomic_fetch_add_explicit(&engine->found, 1, memory_order_relaxed); /* a sum */
    if (name->y == 999)
        keep_while_held(engine);
    og_count(metrics, name->y % 2 ? OG_COUNT_CACHE_MISS : OG_COUNT_CACHE_HIT, 1);
    return name->y % 2 ? NULL : og_buf_ref(engine->kept[name->x][name->y]);
}

void og_engine_submit(struct og_engine *engine, const struct og_tile_name *name, struct og_waiter *waiter,
                      struct og_metrics_block *metrics)
{
    pthread_mutex_lock(&engine->lock);
    enum og_status status = engine->stopping || engine->wishes == WAITERS_MAX ? OG_STOPPING
                            : name->y == 501                                  ? OG_DAMAGED
                            : name->y == 503                                  ? OG_BUSY
                                                                              : OG_PENDING;
    if (status == OG_PENDING) {
        engine->wish[engine->wishes++] = (struct wish){waiter, name->x, name->y};
        engine->in_flight++;
        pthread_cond_broadcast(&engine->changed);
    }
    pthread_mutex_unlock(&engine->lock);
    og_count(metrics, status == OG_PENDING ? OG_COUNT_JOB_LED : OG_COUNT_JOB_REFUSED, 1);
    if (status != OG_PENDING)
        waiter->done(waiter, status, NULL);
}

bool og_engine_withdraw(struct og_engine *engine, struct og_waiter *waiter, struct og_metrics_block *metrics)
{
    bool taken = false;
    pthread_mutex_lock(&engine->lock);
    for (unsigned i = 0; i < engine->wishes && !taken; i++)
        if (engine->wish[i].waiter == waiter) {
            engine->wish[i] = engine->wish[--engine->wishes];
            engine->in_flight--;
            taken = true;
        }
    og_count(metrics, OG_COUNT_DEMAND_WITHDRAWN, taken); /* before anybody sees that it is gone */
    pthread_mutex_unlock(&engine->lock);
    return taken;
}

uint64_t og_fake_engine_found(const struct og_engine *engine)
{
    return atomic_load_explicit(&engine->found, memory_order_relaxed); /* a sum, read when the answers are there */
}

static struct og_buf *text(const char *what)
{
    return og_buf_copy(what, strlen(what));
}

struct og_buf *og_engine_slides_json(const struct og_engine *engine, const struct og_metrics_block *metrics)
{
    (void)engine, (void)metrics;
    return text("[\"s\"]");
}

struct og_buf *og_engine_slide_json(const struct og_engine *engine, const char *id, size_t id_length,
                                    struct og_edition *edition, const struct og_metrics_block *metrics)
{
    (void)engine, (void)metrics;
    *edition = edition_of_s;
    return id_length == 1 && id[0] == 's' ? text("{\"id\":\"s\"}") : NULL;
}

struct og_buf *og_engine_slide_dzi(const struct og_engine *engine, const char *id, size_t id_length,
                                   struct og_edition *edition, const struct og_metrics_block *metrics)
{
    (void)engine, (void)metrics;
    *edition = edition_of_s;
    return id_length == 1 && id[0] == 's' ? text("<Image/>") : NULL;
}

struct og_engine_gauges og_engine_gauges(struct og_engine *engine)
{
    return (struct og_engine_gauges){
        .slides = 1, .workers = 1, .jobs_in_flight = og_fake_engine_waiting(engine), .reader = OG_READER_MMAP};
}

bool og_engine_drain(struct og_engine *engine, uint64_t patience_ms)
{
    (void)patience_ms;
    pthread_mutex_lock(&engine->lock);
    engine->stopping = true;
    while (engine->in_flight > 0)
        pthread_cond_wait(&engine->changed, &engine->lock);
    pthread_mutex_unlock(&engine->lock);
    return true;
}
