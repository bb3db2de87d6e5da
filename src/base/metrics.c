/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t bounds_us[] = {100,   250,   500,    1000,   2500,   5000,    10000,
                                     25000, 50000, 100000, 250000, 500000, 1000000, 2500000};
#define BOUNDS (sizeof bounds_us / sizeof bounds_us[0])

struct histogram {
    _Atomic uint64_t bucket[BOUNDS + 1];
    _Atomic uint64_t sum_ns;
};

#define CODE(code) code,
static const unsigned codes[] = {OG_CODE_LIST(CODE)};
#define CODES (sizeof codes / sizeof codes[0])

struct og_metrics_block {
    alignas(64) _Atomic uint64_t counter[OG_COUNTERS];
    _Atomic uint64_t answer[OG_ASKED_KINDS][CODES + 1]; /* the last one: a code that is not listed */
    _Atomic uint64_t level[OG_LEVELS];                  /* modulo 2^64: of one thread it may be below zero */
    struct histogram timer[OG_TIMERS];
    unsigned seat; /* immutable after new */
};

struct og_metrics {
    struct og_metrics_block block[OG_METRICS_THREADS];
    alignas(64) atomic_uint taken;
};

struct row {
    const char *name, *labels, *help;
};
#define ROW(id, name, labels, help) {name, labels, help},
static const struct row counter_rows[OG_COUNTERS] = {OG_COUNTER_LIST(ROW)};
static const struct row timer_rows[OG_TIMERS] = {OG_TIMER_LIST(ROW)};
static const struct row level_rows[OG_LEVELS] = {OG_LEVEL_LIST(ROW)};
#define LABEL(id, label) label,
static const char *const asked_labels[OG_ASKED_KINDS] = {OG_ASKED_LIST(LABEL)};

struct og_metrics *og_metrics_new(void)
{
    struct og_metrics *metrics = aligned_alloc(alignof(struct og_metrics), sizeof *metrics);
    if (!metrics)
        return NULL;
    memset(metrics, 0, sizeof *metrics);
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        metrics->block[i].seat = i;
    return metrics;
}

struct og_metrics_block *og_metrics_take(struct og_metrics *metrics)
{
    unsigned i = atomic_fetch_add_explicit(&metrics->taken, 1, memory_order_relaxed); /* only the number counts */
    if (i >= OG_METRICS_THREADS)
        abort();
    return &metrics->block[i];
}

unsigned og_metrics_seat(const struct og_metrics_block *block)
{
    return block->seat;
}

static void add(_Atomic uint64_t *value, uint64_t n)
{
    uint64_t old = atomic_load_explicit(value, memory_order_relaxed); /* this thread is the only writer */
    atomic_store_explicit(value, old + n, memory_order_relaxed);      /* and nothing hangs on when others see it */
}

void og_count(struct og_metrics_block *block, enum og_counter counter, uint64_t n)
{
    add(&block->counter[counter], n);
}

void og_time(struct og_metrics_block *block, enum og_timer timer, uint64_t nanoseconds)
{
    unsigned i = 0;
    while (i < BOUNDS && nanoseconds > bounds_us[i] * 1000)
        i++;
    add(&block->timer[timer].bucket[i], 1);
    add(&block->timer[timer].sum_ns, nanoseconds);
}

void og_raise(struct og_metrics_block *block, enum og_level level, int by)
{
    add(&block->level[level], (uint64_t)(int64_t)by);
}

static size_t column_of(unsigned code)
{
    size_t column = 0;
    while (column < CODES && codes[column] != code)
        column++;
    return column;
}

void og_count_answer(struct og_metrics_block *block, enum og_asked asked, unsigned code)
{
    add(&block->answer[asked][column_of(code)], 1);
}

static uint64_t sum_answers(const struct og_metrics *metrics, enum og_asked asked, size_t column)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        sum += atomic_load_explicit(&metrics->block[i].answer[asked][column], memory_order_relaxed);
    return sum;
}

int64_t og_metrics_level(const struct og_metrics *metrics, enum og_level level)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        sum += atomic_load_explicit(&metrics->block[i].level[level], memory_order_relaxed);
    return (int64_t)sum;
}

uint64_t og_metrics_answers(const struct og_metrics *metrics, enum og_asked asked, unsigned code)
{
    return sum_answers(metrics, asked, column_of(code));
}

uint64_t og_metrics_sum(const struct og_metrics *metrics, enum og_counter counter)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        sum += atomic_load_explicit(&metrics->block[i].counter[counter], memory_order_relaxed);
    return sum;
}

uint64_t og_metrics_nanoseconds(const struct og_metrics *metrics, enum og_timer timer)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        sum += atomic_load_explicit(&metrics->block[i].timer[timer].sum_ns, memory_order_relaxed);
    return sum;
}

static void render_head(const struct row *row, const struct row *previous, const char *type, FILE *out)
{
    if (!previous || strcmp(row->name, previous->name) != 0)
        fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name, type);
}

static void render_timer(const struct og_metrics *metrics, unsigned timer, FILE *out)
{
    const struct row *row = &timer_rows[timer];
    const char *comma = row->labels[0] ? "," : "";
    uint64_t count = 0;
    for (unsigned b = 0; b <= BOUNDS; b++) {
        for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
            count += atomic_load_explicit(&metrics->block[i].timer[timer].bucket[b], memory_order_relaxed);
        if (b < BOUNDS)
            fprintf(out, "%s_bucket{%s%sle=\"%g\"} %llu\n", row->name, row->labels, comma, (double)bounds_us[b] / 1e6,
                    (unsigned long long)count);
        else
            fprintf(out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", row->name, row->labels, comma, (unsigned long long)count);
    }
    const char *open = row->labels[0] ? "{" : "", *close = row->labels[0] ? "}" : "";
    fprintf(out, "%s_sum%s%s%s %.9f\n", row->name, open, row->labels, close,
            (double)og_metrics_nanoseconds(metrics, timer) / 1e9);
    fprintf(out, "%s_count%s%s%s %llu\n", row->name, open, row->labels, close, (unsigned long long)count);
}

static void render_answers(const struct og_metrics *metrics, FILE *out)
{
    static const struct row head = {"origami_http_requests_total", "",
                                    "Requests answered, by what was asked for and code"};
    render_head(&head, NULL, "counter", out);
    for (unsigned asked = 0; asked < OG_ASKED_KINDS; asked++)
        for (size_t column = 0; column <= CODES; column++) {
            char code[16] = "other";
            if (column < CODES)
                snprintf(code, sizeof code, "%u", codes[column]);
            fprintf(out, "%s{route=\"%s\",code=\"%s\"} %llu\n", head.name, asked_labels[asked], code,
                    (unsigned long long)sum_answers(metrics, asked, column));
        }
}

static void render_sample(const struct row *row, FILE *out)
{
    bool labelled = row->labels[0] != '\0';
    fprintf(out, "%s%s%s%s ", row->name, labelled ? "{" : "", row->labels, labelled ? "}" : "");
}

void og_metrics_render(const struct og_metrics *metrics, FILE *out)
{
    render_answers(metrics, out);
    for (unsigned c = 0; c < OG_COUNTERS; c++) {
        const struct row *row = &counter_rows[c];
        render_head(row, c ? row - 1 : NULL, "counter", out);
        render_sample(row, out);
        fprintf(out, "%llu\n", (unsigned long long)og_metrics_sum(metrics, c));
    }
    for (unsigned t = 0; t < OG_TIMERS; t++) {
        render_head(&timer_rows[t], t ? &timer_rows[t - 1] : NULL, "histogram", out);
        render_timer(metrics, t, out);
    }
    for (unsigned l = 0; l < OG_LEVELS; l++) {
        const struct row *row = &level_rows[l];
        render_head(row, l ? row - 1 : NULL, "gauge", out);
        render_sample(row, out);
        fprintf(out, "%lld\n", (long long)og_metrics_level(metrics, l));
    }
}

void og_metrics_destroy(struct og_metrics **metrics)
{
    free(*metrics);
    *metrics = NULL;
}
