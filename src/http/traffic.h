/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_TRAFFIC_H
#define OG_HTTP_TRAFFIC_H
/*
 * og_traffic: what is under way on one event thread, counted so that a stop can wait for it and cuts no answer that has
 * begun. Requests on connections that were made during the stop are late: they could go on coming for ever, so the
 * drain does not wait for them, and the end does.
 *
 * Threads:   begin, end and connect from the event thread; close and wait from the one that stops the server. A request
 *            that began before the close is seen by every later wait: both are read-modify-writes of one word, whose
 *            order decides. Nothing else is published, so all of it is relaxed.
 * Ownership: a value, zero at first.
 * Errors:    none.
 */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct og_traffic {
    alignas(64) _Atomic uint64_t requests; /* on time below, late above, and a bit that closes */
    atomic_uint connections;
};

/* False: it is closed, and no answer may begin. The request counts all the same, until its end. */
bool og_traffic_begin(struct og_traffic *traffic, bool late);
void og_traffic_end(struct og_traffic *traffic, bool late);
void og_traffic_connect(struct og_traffic *traffic, bool opened); /* or closed */

void og_traffic_close(struct og_traffic *traffic, unsigned count);

enum og_traffic_kind { OG_TRAFFIC_ON_TIME, OG_TRAFFIC_ALL };

/*
 * Until no request of this kind is under way, idle connections had a moment to notice, and at most for `patience_ms`.
 * Returns how much of the patience is left.
 */
unsigned og_traffic_wait(struct og_traffic *traffic, unsigned count, enum og_traffic_kind kind, unsigned idle_grace_ms,
                         unsigned patience_ms);

#endif
