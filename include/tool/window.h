/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_WINDOW_H
#define OG_TOOL_WINDOW_H
/*
 * og_window: numbered work handed to many workers and taken back in order by one consumer, never more than `capacity`
 * pieces ahead of it. Memory stays bounded, and the result does not depend on who was faster.
 *
 * Threads:   take, give and fail from any worker; next and stop from the consumer. One mutex, held for moments.
 * Ownership: give moves the item into the window, next moves it out. destroy ends by `drop` what nobody took.
 * Errors:    the first failure is kept and ends the work for everybody.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct og_window;

typedef void og_window_drop(void *context, void *item);

/* NULL: no memory */
struct og_window *og_window_new(uint64_t items, unsigned capacity, og_window_drop *drop, void *context);

/* Waits for room, then names the next piece of work; false when there is none or the work was stopped. */
bool og_window_take(struct og_window *window, uint64_t *index);
void og_window_give(struct og_window *window, uint64_t index, void *item);
void og_window_fail(struct og_window *window, const struct og_error *err);

/* The next item in order; OG_PENDING when it is not there after `milliseconds`; or the first failure. */
OG_CHECKED enum og_status og_window_next(struct og_window *window, unsigned milliseconds, void **item,
                                         struct og_error *err);
void og_window_stop(struct og_window *window);
void og_window_destroy(struct og_window **window); /* after the workers were joined */

#endif
