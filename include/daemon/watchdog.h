/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_WATCHDOG_H
#define OG_DAEMON_WATCHDOG_H
/*
 * og_watchdog: a thread that tells the service manager WATCHDOG=1 four times in each of its timeouts, as long as
 * `is_well` says so. While it rests (the daemon starts or drains, which the manager bounds by other timeouts) it asks
 * nobody and tells it unasked.
 *
 * Threads:   start, rest and stop from one thread; `is_well` runs on the watchdog's. When rest returns, no call of
 *            `is_well` is under way.
 * Ownership: start returns owned, or NULL when `timeout_us` is 0: the manager does not watch. `context` is borrowed.
 * Errors:    start says that there is no thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct og_watchdog;

/* `is_well` gets the time that it may take: a quarter of the timeout. */
OG_CHECKED enum og_status og_watchdog_start(uint64_t timeout_us, bool (*is_well)(void *context, unsigned patience_ms),
                                            void *context, struct og_watchdog **out, struct og_error *err);
void og_watchdog_rest(struct og_watchdog *watchdog, bool resting); /* it rests from the start */
void og_watchdog_stop(struct og_watchdog **watchdog);

#endif
