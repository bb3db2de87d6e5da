/* SPDX-License-Identifier: MIT */
/* Hit ratios on seeded request streams, beside an exact S3-FIFO and an exact LRU of as many tiles: no clock, no chance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "exact.h"
#include "kitchen.h"

enum { KEYS = 40000, WARM_UP = 100000, REQUESTS = 400000, SIDE = 8000 };

struct source {
    uint64_t state;
    uint32_t scan, scan_left;
    double sum[KEYS];
};

struct hits {
    uint32_t real, s3fifo, lru;
};

static double draw(struct source *source)
{
    source->state = source->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(source->state >> 11) / (double)(UINT64_C(1) << 53);
}

static void source_open(struct source *source, uint64_t seed)
{
    double sum = 0;
    *source = (struct source){.state = seed};
    for (uint32_t i = 0; i < KEYS; i++)
        source->sum[i] = sum += 1.0 / (i + 1);
}

static uint32_t zipf(struct source *source)
{
    double at = draw(source) * source->sum[KEYS - 1];
    uint32_t low = 0, high = KEYS - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (source->sum[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* Now and then somebody pans over hundreds of tiles that nobody asks for again soon. */
static uint32_t zipf_with_scans(struct source *source)
{
    if (!source->scan_left && draw(source) < 0.002)
        source->scan_left = 500;
    if (!source->scan_left || draw(source) < 0.5)
        return zipf(source);
    source->scan_left--;
    source->scan = (source->scan + 1) % KEYS;
    return source->scan;
}

static bool ask_real(struct kitchen *kitchen, uint32_t x)
{
    bool hit = has_tile(kitchen, x);
    if (!hit)
        put_tile(kitchen, x, SIDE);
    return hit;
}

static struct hits compare(size_t capacity, unsigned shards, uint32_t (*next)(struct source *source))
{
    static struct source source;
    struct hits hits = {0};
    struct kitchen kitchen = kitchen_open(capacity, shards);
    struct og_buf *sample = tile_of(&kitchen, 0, SIDE);
    uint32_t tiles = (uint32_t)(capacity / og_buf_pool_cost(sample));
    og_buf_unref(&sample);
    struct exact_s3fifo *s3fifo = exact_s3fifo_new(tiles, KEYS);
    struct exact_lru *lru = exact_lru_new(tiles, KEYS);
    source_open(&source, 4);
    for (uint32_t i = 0; i < WARM_UP + REQUESTS; i++) {
        uint32_t key = next(&source), counts = i >= WARM_UP;
        hits.real += ask_real(&kitchen, key) * counts;
        hits.s3fifo += exact_s3fifo_ask(s3fifo, key) * counts;
        hits.lru += exact_lru_ask(lru, key) * counts;
    }
    exact_lru_destroy(&lru);
    exact_s3fifo_destroy(&s3fifo);
    kitchen_close(&kitchen);
    printf("    %zu MiB, %u shards, %u tiles: %.4f of requests hit, exact S3-FIFO %.4f, exact LRU %.4f\n",
           capacity / MIB, shards, tiles, (double)hits.real / REQUESTS, (double)hits.s3fifo / REQUESTS,
           (double)hits.lru / REQUESTS);
    return hits;
}

static void expect_as_good(struct hits hits)
{
    assert_true(100.0 * hits.real >= 98.0 * hits.s3fifo);
    assert_true(hits.real >= hits.lru);
}

static void hits_are_those_of_an_exact_s3fifo_on_zipfs_law(void **state)
{
    (void)state;
    expect_as_good(compare(4 * MIB, 1, zipf));
    expect_as_good(compare(40 * MIB, 1, zipf));
    expect_as_good(compare(40 * MIB, 16, zipf));
    expect_as_good(compare(128 * MIB, 16, zipf));
}

static void hits_are_those_of_an_exact_s3fifo_with_scans_in_between(void **state)
{
    (void)state;
    expect_as_good(compare(4 * MIB, 1, zipf_with_scans));
    expect_as_good(compare(40 * MIB, 1, zipf_with_scans));
    expect_as_good(compare(40 * MIB, 16, zipf_with_scans));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hits_are_those_of_an_exact_s3fifo_on_zipfs_law),
        cmocka_unit_test(hits_are_those_of_an_exact_s3fifo_with_scans_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
