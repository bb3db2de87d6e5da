/* SPDX-License-Identifier: MIT */
/*
 * (a) Algorithm. An event count on a futex, as folly::EventCount: sleepers are counted in `waiters`, and `epoch` moves
 *     with each notify that found one, so that a sleeper falls asleep only if nothing was announced since its ticket.
 *
 * (b) Roles: every operation may run at the same time as every other on the same park; init runs alone.
 *
 * (c) Invariants. waiters == prepares - (cancels + finished waits). After init every write to both words is a
 *     read-modify-write.
 *
 * (d) Progress. prepare, cancel and a notify that meets no waiter are wait-free; a notify that meets one makes one
 *     system call and never sleeps; wait blocks. A stalled waiter costs each notifier a system call and nothing else.
 *
 * (e) Edges, and why no wake-up is lost. The waiter writes `waiters` and then reads the work; the notifier writes the
 *     work, with release only, and then reads `waiters`: Dekker's pair. A plain load in the notifier may overtake its
 *     own store, so both sides do a read-modify-write of the *same word*, which its modification order puts in a row:
 *
 *         P1 notify: add 0 to waiters, acq_rel    -> P2 prepare: add 1 to waiters, acq_rel
 *         P3 notify: add 1 to epoch, release      -> P4 prepare: load of epoch, acquire
 *
 *     P1 before P2: P2 reads from the release sequence that P1 heads (every later write is a read-modify-write, so it
 *     never breaks); the work, published before P1, happens before the second look, which therefore sees it.
 *     P2 before P1: P1 counts the waiter, unless it has already left and is going to look again anyway, and goes on to
 *     P3. A ticket that has seen P3 carries the work by P3/P4 to the second look. One that has not is out of date: the
 *     kernel compares it with epoch under the lock that the wake-up takes too, so either the waiter does not sleep or
 *     the wake-up after P3 finds it asleep.
 *     So acquire and release are enough, whatever order the work was published with; nothing rests on a total order of
 *     seq_cst operations, and ThreadSanitizer follows each edge. The compiler may turn "add 0" into fence and load,
 *     never into a load alone.
 *
 * (f) Reclamation and ABA. The words are the caller's and outlive all calls. A ticket would be mistaken for a fresh one
 *     after exactly 2^32 notifies between prepare and wait: each of them a system call, together more than ten minutes
 *     in which the waiter does not run.
 */
#include "sync/park.h"

#include <assert.h>
#include <limits.h>
#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(sizeof(_Atomic uint32_t) == 4, "the kernel reads epoch as a plain 32-bit word");

static void notify(struct og_park *park, int sleepers)
{
    if (atomic_fetch_add_explicit(&park->waiters, 0, memory_order_acq_rel) == 0) /* P1: pairs with P2 */
        return;
    atomic_fetch_add_explicit(&park->epoch, 1, memory_order_release); /* P3: pairs with P4 */
    syscall(SYS_futex, &park->epoch, FUTEX_WAKE_PRIVATE, sleepers, NULL, NULL, 0);
}

void og_park_init(struct og_park *park)
{
    atomic_init(&park->epoch, 0);
    atomic_init(&park->waiters, 0);
}

uint32_t og_park_prepare(struct og_park *park)
{
    atomic_fetch_add_explicit(&park->waiters, 1, memory_order_acq_rel); /* P2: pairs with P1 */
    return atomic_load_explicit(&park->epoch, memory_order_acquire);    /* P4: pairs with P3 */
}

void og_park_cancel(struct og_park *park)
{
    atomic_fetch_sub_explicit(&park->waiters, 1, memory_order_relaxed); /* whoever leaves does not sleep */
}

void og_park_wait(struct og_park *park, uint32_t ticket)
{
    syscall(SYS_futex, &park->epoch, FUTEX_WAIT_PRIVATE, ticket, NULL, NULL, 0);
    atomic_fetch_sub_explicit(&park->waiters, 1, memory_order_relaxed); /* whoever leaves looks again before sleeping */
}

void og_park_notify_one(struct og_park *park)
{
    notify(park, 1);
}

void og_park_notify_all(struct og_park *park)
{
    notify(park, INT_MAX);
}
