/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PARALLEL_H
#define OG_TOOL_PARALLEL_H
/*
 * og_parallel: numbered pieces of work done by many threads, their results taken in order by the caller. Few results
 * wait at a time (tool/window.h), and what the caller makes of them does not depend on the number of threads.
 *
 * Threads:   call run from one thread; `join`, `make` and `leave` run in the workers, `take` and `watch` in the
 *            caller's. The context is shared.
 * Ownership: workers and items are memory of this, zero at first. leave and release end what a worker or an item has
 *            come to own, after a failed join or make, too; take borrows.
 * Errors:    the first of a worker or of take, which ends the work; OG_STOPPING when watch said so.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { OG_PARALLEL_MAX = 256 };

struct og_parallel_work {
    uint64_t pieces;
    size_t worker_bytes, item_bytes;
    void *context;
    enum og_status (*join)(void *context, void *worker, struct og_error *err);
    enum og_status (*make)(void *worker, uint64_t piece, void *item, struct og_error *err);
    void (*leave)(void *worker);
    enum og_status (*take)(void *context, uint64_t piece, void *item, struct og_error *err);
    void (*release)(void *item);  /* NULL: items own nothing */
    bool (*watch)(void *context); /* after each piece and a few times a second; false: stop. NULL: never */
};

/* `threads` at most OG_PARALLEL_MAX; 0: one per core. */
OG_CHECKED enum og_status og_parallel_run(const struct og_parallel_work *work, const char *name, unsigned threads,
                                          struct og_error *err);

#endif
