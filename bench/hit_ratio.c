/* SPDX-License-Identifier: MIT */
#include "hit_ratio.h"

#include <stdio.h>
#include <stdlib.h>

#include "policies.h"
#include "requests.h"
#include "sync/cache.h"

enum { SEEDS = 7, REQUESTS = 1000000, QUICK_REQUESTS = 20000, SHARDS = 16, KINDS = 4 };

static const double working_share = 0.1;
static const double shares[] = {0.01, 0.02, 0.05, 0.1, 0.2, 0.4};
static const char *const names[KINDS] = {"the cache", "exact LRU", "exact S3-FIFO", "exact FIFO"};

struct workload {
    const char *name;
    struct requests (*make)(size_t count, uint64_t seed);
};

static const struct workload workloads[] = {{"viewers", requests_of_viewers}, {"Zipf 1.0", requests_of_zipf}};

static const struct policy_options trials[] = {
    {POLICY_S3FIFO, 0, 0.1, 2, 0.9},  {POLICY_S3FIFO, 0, 0.02, 2, 0.9}, {POLICY_S3FIFO, 0, 0.05, 2, 0.9},
    {POLICY_S3FIFO, 0, 0.25, 2, 0.9}, {POLICY_S3FIFO, 0, 0.5, 2, 0.9},  {POLICY_S3FIFO, 0, 0.1, 1, 0.9},
    {POLICY_S3FIFO, 0, 0.1, 3, 0.9},  {POLICY_S3FIFO, 0, 0.1, 2, 0},    {POLICY_S3FIFO, 0, 0.1, 2, 0.25},
    {POLICY_S3FIFO, 0, 0.1, 2, 0.5},  {POLICY_S3FIFO, 0, 0.1, 2, 2},    {POLICY_S3FIFO, 0, 0.1, 2, 4},
    {POLICY_S3FIFO, 0, 0.05, 2, 0.5}, {POLICY_S3FIFO, 0, 0.05, 2, 2},   {POLICY_S3FIFO, 0, 0.02, 2, 0.5},
};

enum { TRIALS = sizeof trials / sizeof *trials };

/* What each tile counts in the real cache's account. */
struct costs {
    size_t *each, all;
};

static struct og_buf *make_tile(struct og_buf_pool *pool, size_t size)
{
    struct og_buf *buf = og_buf_new(size);
    if (!buf)
        exit(1);
    og_buf_pool_adopt(pool, buf);
    return buf;
}

static struct costs price(const struct requests *requests)
{
    struct costs costs = {.each = calloc(requests->distinct, sizeof(size_t))};
    struct og_buf_pool *pool = og_buf_pool_new();
    if (!costs.each || !pool)
        exit(1);
    for (uint32_t i = 0; i < requests->distinct; i++) {
        struct og_buf *buf = make_tile(pool, requests->sizes[i]);
        costs.all += costs.each[i] = og_buf_pool_cost(buf);
        og_buf_unref(&buf);
    }
    og_buf_pool_destroy(&pool);
    return costs;
}

/* The first tenth of the requests fills the caches and does not count. */
static double ratio_of_cache(const struct requests *requests, size_t capacity, uint64_t seed)
{
    struct og_buf_pool *pool = og_buf_pool_new();
    struct og_cache *cache = og_cache_new(capacity, SHARDS, pool);
    size_t hits = 0, from = requests->count / 10;
    if (!pool || !cache)
        exit(1);
    for (size_t i = 0; i < requests->count; i++) {
        uint32_t tile = requests->tiles[i];
        struct og_key key = og_key_make(seed, 1, 0, tile, 0);
        struct og_buf *buf = og_cache_get(cache, 0, &key);
        hits += buf && i >= from;
        if (!buf) {
            buf = make_tile(pool, requests->sizes[tile]);
            og_cache_put(cache, 0, &key, buf);
        }
        og_buf_unref(&buf);
    }
    og_cache_destroy(&cache);
    og_buf_pool_destroy(&pool);
    return (double)hits / (double)(requests->count - from);
}

static double ratio_of_policy(const struct requests *requests, const struct costs *costs,
                              const struct policy_options *options)
{
    struct policy *policy = policy_new(options, requests->distinct);
    size_t hits = 0, from = requests->count / 10;
    for (size_t i = 0; i < requests->count; i++)
        hits += policy_ask(policy, requests->tiles[i], costs->each[requests->tiles[i]]) && i >= from;
    policy_destroy(&policy);
    return (double)hits / (double)(requests->count - from);
}

static struct policy_options as_published(enum policy_kind kind, size_t capacity)
{
    return (struct policy_options){kind, capacity, kind == POLICY_S3FIFO ? 0.1 : 0, 2, 0.9};
}

static void compare(const struct requests *requests, const struct costs *costs, double share, uint64_t seed,
                    double out[KINDS])
{
    size_t capacity = (size_t)(share * (double)costs->all);
    struct policy_options lru = as_published(POLICY_LRU, capacity), s3fifo = as_published(POLICY_S3FIFO, capacity),
                          fifo = as_published(POLICY_FIFO, capacity);
    out[0] = ratio_of_cache(requests, capacity, seed);
    out[1] = ratio_of_policy(requests, costs, &lru);
    out[2] = ratio_of_policy(requests, costs, &s3fifo);
    out[3] = ratio_of_policy(requests, costs, &fifo);
}

static void bench_tenth(const struct report *report, const struct workload *workload)
{
    double ratios[KINDS][SEEDS], to_lru[SEEDS], to_s3fifo[SEEDS], bytes[SEEDS];
    int seeds = report_rounds(report, SEEDS);
    char title[96];
    for (int s = 0; s < seeds; s++) {
        struct requests requests = workload->make(report->quick ? QUICK_REQUESTS : REQUESTS, (uint64_t)s + 1);
        struct costs costs = price(&requests);
        double each[KINDS];
        compare(&requests, &costs, working_share, (uint64_t)s + 1, each);
        for (int k = 0; k < KINDS; k++)
            ratios[k][s] = each[k];
        to_lru[s] = each[0] / each[1];
        to_s3fifo[s] = each[0] / each[2];
        bytes[s] = (double)costs.all / (1 << 20);
        free(costs.each);
        requests_free(&requests);
    }
    snprintf(title, sizeof title, "hit ratio, %s, cache 10 %% of the working set", workload->name);
    report_title(report, title);
    for (int k = 0; k < KINDS; k++)
        report_figure(report, names[k], "", ratios[k], (size_t)seeds);
    report_figure(report, "the cache / exact LRU", "", to_lru, (size_t)seeds);
    report_figure(report, "the cache / exact S3-FIFO", "", to_s3fifo, (size_t)seeds);
    report_figure(report, "working set", "MiB", bytes, (size_t)seeds);
}

static void bench_sizes(const struct report *report, const struct workload *workload)
{
    struct requests requests = workload->make(report->quick ? QUICK_REQUESTS : REQUESTS, 1);
    struct costs costs = price(&requests);
    char picture[96];
    snprintf(picture, sizeof picture, "hit ratio, %s", workload->name);
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        double each[KINDS];
        compare(&requests, &costs, shares[i], 1, each);
        for (int k = 0; k < KINDS; k++)
            report_point(report, picture, names[k], 100 * shares[i], 100 * each[k]);
    }
    free(costs.each);
    requests_free(&requests);
}

void hit_ratio(const struct report *report)
{
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        bench_tenth(report, &workloads[i]);
    if (!report->json)
        printf("\n%-46s %11s %10s\n", "hit ratio against the size of the cache", "cache, %", "hits, %");
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        bench_sizes(report, &workloads[i]);
}

static void bench_parameters(const struct report *report, const struct workload *workload)
{
    double ratios[TRIALS][SEEDS];
    int seeds = report_rounds(report, SEEDS);
    char title[96];
    for (int s = 0; s < seeds; s++) {
        struct requests requests = workload->make(report->quick ? QUICK_REQUESTS : REQUESTS, (uint64_t)s + 1);
        struct costs costs = price(&requests);
        size_t capacity = (size_t)(working_share * (double)costs.all);
        struct policy_options lru = as_published(POLICY_LRU, capacity);
        double of_lru = ratio_of_policy(&requests, &costs, &lru);
        for (int t = 0; t < TRIALS; t++) {
            struct policy_options options = trials[t];
            options.capacity = capacity;
            ratios[t][s] = ratio_of_policy(&requests, &costs, &options) / of_lru;
        }
        free(costs.each);
        requests_free(&requests);
    }
    snprintf(title, sizeof title, "exact S3-FIFO / exact LRU, %s, cache 10 %%", workload->name);
    report_title(report, title);
    for (int t = 0; t < TRIALS; t++) {
        snprintf(title, sizeof title, "small %g, hits %u, ghosts %g", trials[t].small_share, trials[t].hits_for_main,
                 trials[t].ghosts_per_entry);
        report_figure(report, title, "", ratios[t], (size_t)seeds);
    }
}

void hit_ratio_parameters(const struct report *report)
{
    for (size_t i = 0; i < sizeof workloads / sizeof *workloads; i++)
        bench_parameters(report, &workloads[i]);
}
