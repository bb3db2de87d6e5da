/* SPDX-License-Identifier: MIT */
#include "scrapes.h"

#include <stdbool.h>
#include <stdlib.h>

struct scrape {
    struct og_buf_home home; /* first: the buffer knows its scrape by it */
    atomic_uint *out;
};

static void take_back(struct og_buf_home *home, struct og_buf *buf)
{
    struct scrape *scrape = (struct scrape *)home;
    atomic_fetch_sub_explicit(scrape->out, 1, memory_order_relaxed); /* only the number counts */
    free(buf);
    free(scrape);
}

struct og_buf *og_scrapes_copy(atomic_uint *out, const void *text, size_t size)
{
    bool room = atomic_fetch_add_explicit(out, 1, memory_order_relaxed) < OG_SCRAPES_MAX; /* only the number counts */
    struct scrape *scrape = room ? malloc(sizeof *scrape) : NULL;
    struct og_buf *buf = scrape ? og_buf_copy(text, size) : NULL;
    if (!buf) {
        atomic_fetch_sub_explicit(out, 1, memory_order_relaxed); /* only the number counts */
        free(scrape);
        return NULL;
    }
    *scrape = (struct scrape){.home.take_back = take_back, .out = out};
    buf->home = &scrape->home;
    return buf;
}
