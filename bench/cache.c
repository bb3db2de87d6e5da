/* SPDX-License-Identifier: MIT */
/*
 * What the tile cache itself can do: looks and puts per second in 1, 2, 4 … threads up to all cores, side by side with
 * one mutex over a hash table and a list of the least recently used. Keys follow Zipf's law with exponent 1; one
 * operation in twenty is a put of a fresh buffer. Buffers are filled before a batch and outside its time, so that what
 * is timed is the cache, with all that it has to evict. Then how often it has what is asked for: hit_ratio.h.
 */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/metrics.h"
#include "base/thread.h"
#include "hit_ratio.h"
#include "random.h"
#include "report.h"
#include "slides.h"
#include "sync/cache.h"

enum {
    ROUNDS = 9,
    KEYS = 1 << 16,
    DRAWS = 1 << 20, /* keys drawn beforehand for each thread */
    PUT_ONE_IN = 20,
    BATCH_PUTS = 13,
    BATCH = BATCH_PUTS * PUT_ONE_IN,
    TILE_LEAST = 4 << 10,
    TILE_SPREAD = 16 << 10,
    CACHE_BYTES = 256 << 20,
    SHARDS = 16,
    MOST_THREADS = 64,
};

/* alternatives/cache_lru.c under other names, so that both are in one program. */
struct og_cache *lru_cache_new(size_t capacity_bytes, unsigned shards, struct og_buf_pool *pool);
struct og_buf *lru_cache_get(struct og_cache *cache, unsigned seat, const struct og_key *key);
void lru_cache_put(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf);
void lru_cache_destroy(struct og_cache **cache);

static const struct kind {
    const char *name;
    struct og_cache *(*new)(size_t capacity_bytes, unsigned shards, struct og_buf_pool *pool);
    struct og_buf *(*get)(struct og_cache *cache, unsigned seat, const struct og_key *key);
    void (*put)(struct og_cache *cache, unsigned seat, const struct og_key *key, struct og_buf *buf);
    void (*destroy)(struct og_cache **cache);
} kinds[] = {{"one mutex, LRU", lru_cache_new, lru_cache_get, lru_cache_put, lru_cache_destroy},
             {"the cache", og_cache_new, og_cache_get, og_cache_put, og_cache_destroy}};

enum { LRU, OURS, KINDS };

/* One kind of cache with its pool, filled. */
struct arena {
    const struct kind *kind;
    struct og_buf_pool *pool;
    struct og_cache *cache;
};

struct hand {
    struct og_thread thread;
    const struct arena *arena;
    atomic_uint *missing; /* hands that are not there yet */
    const uint32_t *draws;
    unsigned seat;
    double seconds;
    uint64_t batches, hits;
};

static const uint8_t tile_bytes[TILE_LEAST + TILE_SPREAD];

static struct og_key key_of(uint32_t rank)
{
    return og_key_make(1, 1, 17, rank & 0xff, rank >> 8);
}

static struct og_buf *tile_for(const struct arena *arena, uint32_t rank)
{
    size_t size = TILE_LEAST + key_of(rank).hash % TILE_SPREAD;
    struct og_buf *buf = og_buf_pool_copy(arena->pool, tile_bytes, size);
    if (!buf)
        exit(1);
    return buf;
}

static void put(const struct arena *arena, unsigned seat, uint32_t rank, struct og_buf **buf)
{
    struct og_key key = key_of(rank);
    arena->kind->put(arena->cache, seat, &key, *buf);
    og_buf_unref(buf);
}

static bool look(const struct arena *arena, unsigned seat, uint32_t rank)
{
    struct og_key key = key_of(rank);
    struct og_buf *buf = arena->kind->get(arena->cache, seat, &key);
    bool found = buf;
    og_buf_unref(&buf);
    return found;
}

static struct arena arena_open(const struct kind *kind)
{
    struct arena arena = {.kind = kind, .pool = og_buf_pool_new()};
    arena.cache = kind->new (CACHE_BYTES, SHARDS, arena.pool);
    for (uint32_t rank = KEYS; rank-- > 0;) {
        struct og_buf *buf = tile_for(&arena, rank);
        put(&arena, 0, rank, &buf);
    }
    return arena;
}

static void arena_close(struct arena *arena)
{
    arena->kind->destroy(&arena->cache);
    og_buf_pool_destroy(&arena->pool);
}

static uint32_t *draw_keys(const struct zipf *law, uint64_t seed)
{
    uint32_t *draws = malloc(DRAWS * sizeof *draws);
    if (!draws)
        exit(1);
    for (size_t d = 0; d < DRAWS; d++)
        draws[d] = zipf_draw(law, &seed);
    return draws;
}

/* Seconds that a batch of looks and puts took. */
static double work_batch(struct hand *hand, const uint32_t draws[BATCH])
{
    const struct arena *arena = hand->arena;
    struct og_buf *fresh[BATCH_PUTS];
    for (unsigned i = 0; i < BATCH_PUTS; i++)
        fresh[i] = tile_for(arena, draws[i * PUT_ONE_IN]);
    double start = wall_clock();
    for (unsigned i = 0; i < BATCH; i++) {
        if (i % PUT_ONE_IN == 0)
            put(arena, hand->seat, draws[i], &fresh[i / PUT_ONE_IN]);
        else
            hand->hits += look(arena, hand->seat, draws[i]);
    }
    return wall_clock() - start;
}

static void *work(void *argument)
{
    struct hand *hand = argument;
    atomic_fetch_sub_explicit(hand->missing, 1, memory_order_relaxed); /* a start together, nothing else */
    while (atomic_load_explicit(hand->missing, memory_order_relaxed)) {
    }
    double end = wall_clock() + hand->seconds;
    hand->seconds = 0;
    for (size_t at = 0; wall_clock() < end; at = at + 2 * BATCH <= DRAWS ? at + BATCH : 0) {
        hand->seconds += work_batch(hand, hand->draws + at);
        hand->batches++;
    }
    return NULL;
}

/* Millions of operations per second; the share of looks that hit goes into `hits`. */
static double run(const struct arena *arena, unsigned threads, uint32_t *draws[MOST_THREADS], double seconds,
                  double *hits)
{
    struct hand hands[MOST_THREADS];
    atomic_uint missing;
    double sum = 0, found = 0, looked = 0;
    atomic_init(&missing, threads);
    for (unsigned i = 0; i < threads; i++) {
        hands[i] = (struct hand){.arena = arena, .missing = &missing, .draws = draws[i], .seat = i, .seconds = seconds};
        if (og_thread_start(&hands[i].thread, "hand", i, work, &hands[i]) != OG_OK)
            exit(1);
    }
    for (unsigned i = 0; i < threads; i++) {
        og_thread_join(&hands[i].thread);
        sum += (double)(hands[i].batches * BATCH) / hands[i].seconds / 1e6;
        found += (double)hands[i].hits;
        looked += (double)(hands[i].batches * (BATCH - BATCH_PUTS));
    }
    *hits = found / looked;
    return sum;
}

static void bench_threads(const struct report *report, const struct arena *arenas, unsigned threads,
                          uint32_t *draws[MOST_THREADS])
{
    double speed[KINDS][ROUNDS], hits[KINDS][ROUNDS], ratio[ROUNDS];
    int rounds = report_rounds(report, ROUNDS);
    for (int r = 0; r < rounds; r++) {
        for (int k = 0; k < KINDS; k++)
            speed[k][r] = run(&arenas[k], threads, draws, report->quick ? 0.01 : 0.5, &hits[k][r]);
        ratio[r] = speed[OURS][r] / speed[LRU][r];
    }
    char title[64];
    snprintf(title, sizeof title, "throughput, %u thread%s, Zipf 1.0, 95 %% looks", threads, threads > 1 ? "s" : "");
    report_title(report, title);
    for (int k = 0; k < KINDS; k++)
        report_figure(report, kinds[k].name, "M ops/s", speed[k], (size_t)rounds);
    if (report->json)
        for (int k = 0; k < KINDS; k++)
            report_point(report, "cache throughput", kinds[k].name, threads, report_median(speed[k], (size_t)rounds));
    report_figure(report, "the cache / mutex and LRU", "", ratio, (size_t)rounds);
    report_figure(report, "share of looks that hit, mutex and LRU", "", hits[LRU], (size_t)rounds);
    report_figure(report, "share of looks that hit, the cache", "", hits[OURS], (size_t)rounds);
}

static void bench_throughput(const struct report *report)
{
    struct arena arenas[KINDS];
    uint32_t *draws[MOST_THREADS];
    unsigned cores = og_thread_cores() < MOST_THREADS ? og_thread_cores() : MOST_THREADS;
    struct zipf law;
    zipf_open(&law, KEYS);
    for (unsigned i = 0; i < cores; i++)
        draws[i] = draw_keys(&law, i + 1);
    zipf_close(&law);
    for (int k = 0; k < KINDS; k++)
        arenas[k] = arena_open(&kinds[k]);
    for (unsigned threads = 1; threads < cores; threads *= 2)
        bench_threads(report, arenas, threads, draws);
    bench_threads(report, arenas, cores, draws);
    for (int k = 0; k < KINDS; k++)
        arena_close(&arenas[k]);
    for (unsigned i = 0; i < cores; i++)
        free(draws[i]);
}

int main(int argc, char **argv)
{
    struct report report = report_open("cache", argc, argv);
    bench_throughput(&report);
    hit_ratio(&report);
    return 0;
}
