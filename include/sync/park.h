/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_PARK_H
#define OG_SYNC_PARK_H
/*
 * og_park: an event count (futex). Threads that found nothing to do sleep here until somebody says that there may be.
 *
 *     waiter:    ticket = og_park_prepare(p); look again; found ? og_park_cancel(p) : og_park_wait(p, ticket);
 *     notifier:  publish the work; og_park_notify_one(p) or og_park_notify_all(p);
 *
 * Threads:   any. Ownership: the caller's memory. Errors: none; spurious wake-ups happen, so callers loop.
 * Promise:   work published before a notify is seen by the second look of every waiter that the notify did not wake. A
 *            release store or anything stronger publishes; park.c says why that is enough.
 */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

struct og_park {
    alignas(64) _Atomic uint32_t epoch;
    _Atomic uint32_t waiters;
};

void og_park_init(struct og_park *park);
uint32_t og_park_prepare(struct og_park *park);
void og_park_cancel(struct og_park *park);
void og_park_wait(struct og_park *park, uint32_t ticket);
void og_park_notify_one(struct og_park *park); /* cheap when nobody waits */
void og_park_notify_all(struct og_park *park);

#endif
