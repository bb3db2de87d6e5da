/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_METRICS_H
#define OG_BASE_METRICS_H
/*
 * og_metrics: counters and latency histograms, one private block per thread, summed when somebody scrapes.
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

struct og_metrics;
struct og_metrics_block;

struct og_metrics *og_metrics_new(void);
struct og_metrics_block *og_metrics_take(struct og_metrics *metrics); /* borrowed; for one thread */

/* The thread's seat: its dense index, below OG_METRICS_THREADS, for arrays with a place for each thread. */
unsigned og_metrics_seat(const struct og_metrics_block *block);

void og_count(struct og_metrics_block *block, enum og_counter counter, uint64_t n);
void og_time(struct og_metrics_block *block, enum og_timer timer, uint64_t nanoseconds);

uint64_t og_metrics_sum(const struct og_metrics *metrics, enum og_counter counter);
uint64_t og_metrics_nanoseconds(const struct og_metrics *metrics, enum og_timer timer); /* all that was timed */

/* Writes every counter and histogram in Prometheus' text format 0.0.4. */
void og_metrics_render(const struct og_metrics *metrics, FILE *out);

void og_metrics_destroy(struct og_metrics **metrics);

#endif
