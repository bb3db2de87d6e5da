/* SPDX-License-Identifier: MIT */
#include "traffic.h"

#include <time.h>

#include "base/clock.h"

#define CLOSED  UINT64_C(1)
#define ON_TIME UINT64_C(2)
#define LATE    (UINT64_C(1) << 32)

/* Everything here is relaxed: the order of `requests` alone decides, and of `connections` nothing but the number. */

bool og_traffic_begin(struct og_traffic *traffic, bool late)
{
    return !(atomic_fetch_add_explicit(&traffic->requests, late ? LATE : ON_TIME, memory_order_relaxed) & CLOSED);
}

void og_traffic_end(struct og_traffic *traffic, bool late)
{
    atomic_fetch_sub_explicit(&traffic->requests, late ? LATE : ON_TIME, memory_order_relaxed);
}

void og_traffic_connect(struct og_traffic *traffic, bool opened)
{
    atomic_fetch_add_explicit(&traffic->connections, opened ? 1u : -1u, memory_order_relaxed);
}

/* Who was counted before is waited for, whoever comes after is closed: no answer begins that the end would cut. */
void og_traffic_close(struct og_traffic *traffic, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        atomic_fetch_or_explicit(&traffic[i].requests, CLOSED, memory_order_relaxed);
}

static uint64_t under_way(struct og_traffic *traffic, unsigned count, uint64_t whom, uint64_t *connections)
{
    uint64_t requests = *connections = 0;
    for (unsigned i = 0; i < count; i++) {
        requests |= atomic_load_explicit(&traffic[i].requests, memory_order_relaxed) & whom;
        *connections += atomic_load_explicit(&traffic[i].connections, memory_order_relaxed);
    }
    return requests;
}

unsigned og_traffic_wait(struct og_traffic *traffic, unsigned count, enum og_traffic_kind kind, unsigned idle_grace_ms,
                         unsigned patience_ms)
{
    uint64_t whom = kind == OG_TRAFFIC_ON_TIME ? LATE - ON_TIME : ~CLOSED;
    uint64_t since_ns = og_clock_monotonic_ns(), waited_ms = 0, connections = 1, requests = 1;
    while (waited_ms < patience_ms && connections > 0 && (requests || waited_ms < idle_grace_ms)) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        requests = under_way(traffic, count, whom, &connections);
        waited_ms = (og_clock_monotonic_ns() - since_ns) / 1000000;
    }
    return waited_ms < patience_ms ? patience_ms - (unsigned)waited_ms : 0;
}
