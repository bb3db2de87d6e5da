/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PARALLEL_H
#define OG_TOOL_PARALLEL_H
/*
 * og_parallel: numbered pieces of work done by many threads, their results taken in order by the caller. Few results
 * wait at a time (tool/window.h), and what the caller makes of them does not depend on the number of threads.
 *
 * Threads:   call run from one thread; `join`, `make` and `leave` run in the workers, `take` and `watch` in the
 *            caller's. The context is shared.
 * Ownership: a worker is what join made and leave ends. Items belong to this from make on; take borrows, drop ends.
 * Errors:    the first of a worker or of take, which ends the work; OG_STOPPING when watch said so.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { OG_PARALLEL_MAX = 256 };

struct og_parallel_work {
    uint64_t pieces;
    void *context;
    enum og_status (*join)(void *context, void **worker,
                           struct og_error *err); /* *worker is for leave on failure too */
    enum og_status (*make)(void *worker, uint64_t piece, void **item, struct og_error *err);
    void (*leave)(void **worker);
    enum og_status (*take)(void *context, uint64_t piece, void *item, struct og_error *err);
    void (*drop)(void *item);
    bool (*watch)(void *context); /* after each piece and a few times a second; false: stop */
};

/* `threads` at most OG_PARALLEL_MAX; 0: one per core. */
OG_CHECKED enum og_status og_parallel_run(const struct og_parallel_work *work, const char *name, unsigned threads,
                                          struct og_error *err);

#endif
