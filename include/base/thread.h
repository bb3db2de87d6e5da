/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_THREAD_H
#define OG_BASE_THREAD_H
/*
 * og_thread: named threads that never see the process's signals, only their own faults; the one place that creates any.
 *
 * Threads:   start and join from the owner's thread.
 * Ownership: the caller owns the struct; join ends it.
 * Errors:    start returns OG_NO_MEMORY when the system gives no thread, or not with that stack or processor.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

struct og_thread {
    pthread_t handle;
};

struct og_thread_options {
    size_t stack_bytes; /* 0: the system's default */
    bool pinned;        /* to one processor: the index-th of those that this process may run on, around again */
};

/* `name` is shown by ps and gdb with `index` behind it ("worker-3"); 15 characters at most are kept. */
OG_CHECKED enum og_status og_thread_start_with(const struct og_thread_options *options, struct og_thread *thread,
                                               const char *name, unsigned index, void *(*run)(void *), void *argument);
OG_CHECKED enum og_status og_thread_start(struct og_thread *thread, const char *name, unsigned index,
                                          void *(*run)(void *), void *argument); /* with the defaults */
void og_thread_join(struct og_thread *thread);
bool og_thread_join_within(struct og_thread *thread,
                           unsigned patience_ms); /* false: it still runs, nothing was ended */

unsigned og_thread_cores(void); /* processors that this process may run on, at least 1 */

#endif
