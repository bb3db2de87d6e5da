/* SPDX-License-Identifier: MIT */
#include "presence.h"

#include <time.h>

#include "base/clock.h"

#define CLOSED  UINT64_C(1)
#define REQUEST UINT64_C(2)
#define LATE    (UINT64_C(1) << 32)
#define ON_TIME (LATE - REQUEST)

bool og_presence_enter(struct og_presence *presence, bool late)
{
    return !(atomic_fetch_add_explicit(&presence->active, late ? LATE : REQUEST, memory_order_relaxed) & CLOSED);
}

void og_presence_leave(struct og_presence *presence, bool late)
{
    atomic_fetch_sub_explicit(&presence->active, late ? LATE : REQUEST, memory_order_relaxed);
}

void og_presence_connect(struct og_presence *presence, bool comes)
{
    atomic_fetch_add_explicit(&presence->connections, comes ? 1u : -1u, memory_order_relaxed);
}

void og_presence_close(struct og_presence *presence)
{
    atomic_fetch_or_explicit(&presence->active, CLOSED, memory_order_relaxed);
}

static uint64_t who_is_active(const struct og_presence presence[], unsigned count, uint64_t whom, uint64_t *connections)
{
    uint64_t active = *connections = 0;
    for (unsigned i = 0; i < count; i++) {
        active |= atomic_load_explicit(&presence[i].active, memory_order_relaxed) & whom;
        *connections += atomic_load_explicit(&presence[i].connections, memory_order_relaxed);
    }
    return active;
}

unsigned og_presence_wait(const struct og_presence presence[], unsigned count, bool with_late, unsigned idle_grace_ms,
                          unsigned patience_ms)
{
    uint64_t since_ns = og_clock_monotonic_ns(), waited_ms = 0, connections = 1, active = 1;
    while (waited_ms < patience_ms && connections > 0 && (active || waited_ms < idle_grace_ms)) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        active = who_is_active(presence, count, with_late ? ~CLOSED : ON_TIME, &connections);
        waited_ms = (og_clock_monotonic_ns() - since_ns) / 1000000;
    }
    return waited_ms < patience_ms ? patience_ms - (unsigned)waited_ms : 0;
}
