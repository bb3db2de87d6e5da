/* SPDX-License-Identifier: MIT */
#include "scrapes.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define SHARED_NS UINT64_C(8000000000)

struct og_scrapes {
    og_clock *clock;
    atomic_uint out; /* publishes nothing: only the number counts */
    pthread_mutex_t lock;
    /* under the lock */
    uint64_t since_ns;     /* when the newest was begun */
    struct og_buf *newest; /* NULL: none yet */
};

struct scrape {
    struct og_buf_home home; /* first: the buffer knows its scrape by it */
    struct og_scrapes *scrapes;
};

struct og_scrapes *og_scrapes_new(og_clock *clock)
{
    struct og_scrapes *scrapes = calloc(1, sizeof *scrapes);
    if (!scrapes)
        return NULL;
    scrapes->clock = clock;
    pthread_mutex_init(&scrapes->lock, NULL);
    return scrapes;
}

void og_scrapes_destroy(struct og_scrapes **scrapes)
{
    if (!*scrapes)
        return;
    og_buf_unref(&(*scrapes)->newest);
    pthread_mutex_destroy(&(*scrapes)->lock);
    free(*scrapes);
    *scrapes = NULL;
}

static void give_place_back(struct og_scrapes *scrapes)
{
    atomic_fetch_sub_explicit(&scrapes->out, 1, memory_order_relaxed); /* only the number counts */
}

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    struct scrape *scrape = (struct scrape *)home;
    give_place_back(scrape->scrapes);
    free(buf);
    free(scrape);
}

/* Returns what is shared, or NULL with a place taken for one of its own, if there is any. */
static struct og_buf *share_or_take_place(struct og_scrapes *scrapes, bool *place)
{
    pthread_mutex_lock(&scrapes->lock);
    uint64_t now_ns = scrapes->clock();
    unsigned out = atomic_load_explicit(&scrapes->out, memory_order_relaxed); /* grows under the lock alone */
    *place = out < OG_SCRAPES_MAX / 2 || (out < OG_SCRAPES_MAX && now_ns - scrapes->since_ns >= SHARED_NS);
    if (*place) {
        atomic_fetch_add_explicit(&scrapes->out, 1, memory_order_relaxed); /* only the number counts */
        scrapes->since_ns = now_ns;
    }
    struct og_buf *shared = *place || !scrapes->newest ? NULL : og_buf_ref(scrapes->newest);
    pthread_mutex_unlock(&scrapes->lock);
    return shared;
}

static struct og_buf *print(void (*render)(void *context, FILE *out), void *context)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    render(context, out);
    struct og_buf *buf = fclose(out) == 0 ? og_buf_copy(text, size) : NULL;
    free(text);
    return buf;
}

static void keep(struct og_scrapes *scrapes, struct og_buf *buf)
{
    struct og_buf *newest = og_buf_ref(buf);
    pthread_mutex_lock(&scrapes->lock);
    struct og_buf *before = scrapes->newest;
    scrapes->newest = newest;
    pthread_mutex_unlock(&scrapes->lock);
    og_buf_unref(&before);
}

struct og_buf *og_scrapes_find(struct og_scrapes *scrapes, void (*render)(void *context, FILE *out), void *context)
{
    bool place;
    struct og_buf *shared = share_or_take_place(scrapes, &place);
    if (!place)
        return shared;
    struct scrape *scrape = malloc(sizeof *scrape);
    struct og_buf *buf = scrape ? print(render, context) : NULL;
    if (!buf) {
        give_place_back(scrapes);
        free(scrape);
        return NULL;
    }
    *scrape = (struct scrape){.home.take_back = take_back, .scrapes = scrapes};
    buf->home = &scrape->home;
    keep(scrapes, buf);
    return buf;
}
