/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_METRICS_H
#define OG_BASE_METRICS_H
/*
 * og_metrics: counters, levels and latency histograms, one private block per thread, summed when somebody scrapes.
 *
 * Threads:   a block has one writer, the thread that took it; og_metrics_render may run at any time in any thread.
 *            Orders are relaxed throughout: each value stands alone, and only its owner writes it.
 * Ownership: new returns owned; blocks belong to the metrics and live as long, so that counters never go backwards.
 * Errors:    new returns NULL when memory is out; taking more than OG_METRICS_THREADS blocks aborts: the options
 *            bound the number of threads below it.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/metrics_list.h"

#define OG_METRICS_THREADS 160

#define OG_COUNTER_ENUM(id, name, labels, help) OG_COUNT_##id,
enum og_counter { OG_COUNTER_LIST(OG_COUNTER_ENUM) OG_COUNTERS };
#undef OG_COUNTER_ENUM

#define OG_TIMER_ENUM(id, name, labels, help) OG_TIME_##id,
enum og_timer { OG_TIMER_LIST(OG_TIMER_ENUM) OG_TIMERS };
#undef OG_TIMER_ENUM

#define OG_LEVEL_ENUM(id, name, labels, help) OG_LEVEL_##id,
enum og_level { OG_LEVEL_LIST(OG_LEVEL_ENUM) OG_LEVELS };
#undef OG_LEVEL_ENUM

#define OG_ASKED_ENUM(id, label) OG_ASKED_##id,
enum og_asked { OG_ASKED_LIST(OG_ASKED_ENUM) OG_ASKED_KINDS };
#undef OG_ASKED_ENUM

struct og_metrics;
struct og_metrics_block;

struct og_metrics *og_metrics_new(void);
struct og_metrics_block *og_metrics_take(struct og_metrics *metrics); /* borrowed; for one thread */

/* The thread's seat: its dense index, below OG_METRICS_THREADS, for arrays with a place for each thread. */
unsigned og_metrics_seat(const struct og_metrics_block *block);

void og_count(struct og_metrics_block *block, enum og_counter counter, uint64_t n);
void og_time(struct og_metrics_block *block, enum og_timer timer, uint64_t nanoseconds);
void og_raise(struct og_metrics_block *block, enum og_level level, int by); /* or lower, by less than nothing */
void og_count_answer(struct og_metrics_block *block, enum og_asked asked, unsigned code);

uint64_t og_metrics_sum(const struct og_metrics *metrics, enum og_counter counter);
int64_t og_metrics_level(const struct og_metrics *metrics, enum og_level level);
uint64_t og_metrics_nanoseconds(const struct og_metrics *metrics, enum og_timer timer); /* all that was timed */

uint64_t og_metrics_answers(const struct og_metrics *metrics, enum og_asked asked, unsigned code);

/* Writes every counter, histogram and level in Prometheus' text format 0.0.4. */
void og_metrics_render(const struct og_metrics *metrics, FILE *out);

void og_metrics_destroy(struct og_metrics **metrics);

#endif
