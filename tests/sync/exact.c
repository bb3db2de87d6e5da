/* SPDX-License-Identifier: MIT */
#include "exact.h"

#include <stdlib.h>

static void *need(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        abort();
    return memory;
}

/* ---- least recently used: a ring of keys, `newer` and `older`, through the key `keys` ---- */

struct exact_lru {
    uint32_t capacity, count, end;
    uint32_t *newer, *older;
    bool *in;
};

struct exact_lru *exact_lru_new(uint32_t capacity, uint32_t keys)
{
    struct exact_lru *lru = need(1, sizeof *lru);
    *lru = (struct exact_lru){.capacity = capacity, .end = keys};
    lru->newer = need(keys + 1, sizeof *lru->newer);
    lru->older = need(keys + 1, sizeof *lru->older);
    lru->in = need(keys, sizeof *lru->in);
    lru->newer[keys] = lru->older[keys] = keys;
    return lru;
}

static void take_out(struct exact_lru *lru, uint32_t key)
{
    lru->newer[lru->older[key]] = lru->newer[key];
    lru->older[lru->newer[key]] = lru->older[key];
}

static void make_newest(struct exact_lru *lru, uint32_t key)
{
    uint32_t newest = lru->older[lru->end];
    lru->older[key] = newest;
    lru->newer[key] = lru->end;
    lru->newer[newest] = key;
    lru->older[lru->end] = key;
}

bool exact_lru_ask(struct exact_lru *lru, uint32_t key)
{
    bool hit = lru->in[key];
    if (hit) {
        take_out(lru, key);
    } else if (lru->count == lru->capacity) {
        uint32_t oldest = lru->newer[lru->end];
        take_out(lru, oldest);
        lru->in[oldest] = false;
    } else {
        lru->count++;
    }
    lru->in[key] = true;
    make_newest(lru, key);
    return hit;
}

void exact_lru_destroy(struct exact_lru **lru)
{
    free((*lru)->newer);
    free((*lru)->older);
    free((*lru)->in);
    free(*lru);
    *lru = NULL;
}

/* ---- S3-FIFO ---- */

struct fifo {
    uint32_t *keys;
    uint32_t room, count;
    uint64_t head;
};

struct exact_s3fifo {
    uint32_t capacity, small_share;
    struct fifo small, main;
    uint64_t forgotten;  /* tiles that went to the ghost so far */
    uint64_t *forgot_at; /* which of them the key was, counted from 1; 0: not in the ghost */
    uint8_t *hits;
    bool *in;
};

static struct fifo fifo_new(uint32_t room)
{
    return (struct fifo){.keys = need(room, sizeof(uint32_t)), .room = room};
}

static void push(struct fifo *fifo, uint32_t key)
{
    fifo->keys[(fifo->head + fifo->count++) % fifo->room] = key;
}

static uint32_t pop(struct fifo *fifo)
{
    fifo->count--;
    return fifo->keys[fifo->head++ % fifo->room];
}

struct exact_s3fifo *exact_s3fifo_new(uint32_t capacity, uint32_t keys)
{
    struct exact_s3fifo *cache = need(1, sizeof *cache);
    *cache = (struct exact_s3fifo){.capacity = capacity, .small_share = capacity / 10};
    cache->small = fifo_new(capacity + 1);
    cache->main = fifo_new(capacity + 1);
    cache->forgot_at = need(keys, sizeof *cache->forgot_at);
    cache->hits = need(keys, sizeof *cache->hits);
    cache->in = need(keys, sizeof *cache->in);
    return cache;
}

static void evict_one(struct exact_s3fifo *cache)
{
    for (;;) {
        if (cache->small.count > cache->small_share || !cache->main.count) {
            uint32_t key = pop(&cache->small);
            if (cache->hits[key] >= 2) {
                cache->hits[key] = 0;
                push(&cache->main, key);
                continue;
            }
            cache->forgot_at[key] = ++cache->forgotten;
            cache->in[key] = false;
            return;
        }
        uint32_t key = pop(&cache->main);
        if (!cache->hits[key]) {
            cache->in[key] = false;
            return;
        }
        cache->hits[key]--;
        push(&cache->main, key);
    }
}

static bool recall(struct exact_s3fifo *cache, uint32_t key)
{
    uint64_t at = cache->forgot_at[key];
    cache->forgot_at[key] = 0;
    return at && cache->forgotten - at < cache->capacity - cache->small_share;
}

bool exact_s3fifo_ask(struct exact_s3fifo *cache, uint32_t key)
{
    if (cache->in[key]) {
        if (cache->hits[key] < 3)
            cache->hits[key]++;
        return true;
    }
    bool again = recall(cache, key);
    if (cache->small.count + cache->main.count == cache->capacity)
        evict_one(cache);
    cache->in[key] = true;
    cache->hits[key] = 0;
    push(again ? &cache->main : &cache->small, key);
    return false;
}

void exact_s3fifo_destroy(struct exact_s3fifo **cache)
{
    free((*cache)->small.keys);
    free((*cache)->main.keys);
    free((*cache)->forgot_at);
    free((*cache)->hits);
    free((*cache)->in);
    free(*cache);
    *cache = NULL;
}
