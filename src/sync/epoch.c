/* SPDX-License-Identifier: MIT */
/*
 * (a) Algorithm. Epoch-based reclamation (Fraser, "Practical lock-freedom", 2004). A number, `now`, moves on by one
 *     only when every seat is outside or has entered at this very number; what was retired at t may go at t + 2. What
 *     is retired lies in three stacks, by t modulo 3, which are pushed to one by one and taken whole.
 *
 * (b) Roles. enter and leave: the seat's thread. retire, reclaim: any thread, at the same time as everything else.
 *
 * (c) Invariants.
 *         a seat's word is 0 outside a section, and 2 * n + 1 in one that was entered at now == n
 *         a node in limbo[i] has since % 3 == i, and is reclaimed only when since + 2 <= now
 *     After new every write to `now` is a read-modify-write. A seat's word is stored to by its own thread only; others
 *     add 0.
 *
 * (d) Progress. enter: one load, one exchange; leave: one store. retire is lock-free: its push repeats only because
 *     another push or a take succeeded. A step looks at each seat once. A thread stopped in a section keeps `now` from
 *     moving more than once, so nothing more is reclaimed until it goes on, and nobody waits.
 *
 * (e) Edges.
 *         E1 retire: add 0 to now, release      -> E2 step: load of now, acquire: the unlink; and the CAS that moves it
 *         E3 step: CAS of now, acq_rel          -> E4 enter, step: load of now, acquire: what E1 told the step
 *         E5 step: add 0 to a seat, acq_rel     -> E6 enter: exchange of the seat, acquire: what E4 told the step
 *         E7 leave: 0 to the seat, release      -> E8 step: add 0 to the seat, acq_rel: the section's last look
 *         E9 retire: CAS of a stack, release    -> E10 step: exchange of the stack, acquire: the node
 *
 * (f) Why nobody looks at what was reclaimed. A node is unlinked and then retired at t. It goes only after some thread
 *     moved now from t + 1 to t + 2; call its look at all seats, which came before, L. The unlink happens before L: E1
 *     read t, so in the order of now it stands before the move to t + 1, which it therefore happens before (E1/E2: all
 *     writes of now are read-modify-writes, so the release sequence never breaks), and whoever made L had read t + 1
 *     (E3/E4). Now take any section S, and let L's add 0 on its seat stand somewhere in the order of that seat's word:
 *         after S's leave: L has seen the leave or a later write of the same thread; every look in S happens before
 *             L (E7/E8), hence before the reclaiming, which follows the move that follows L (E3/E4);
 *         within S: L let it pass, so S entered at t + 1, hence read what the move to t + 1 wrote (E3/E4), and every
 *             look in S comes after the unlink: S cannot find the node;
 *         before S's enter: if L found the seat outside, the exchange of the next enter reads what L wrote, or another
 *             step's add 0 after it, and sees the unlink (E5/E6); S is that section or a later one of its thread. If
 *             L found an earlier section, that one already comes after the unlink, as above, and S after it.
 *     The pair "enter, then look" against "unlink, then see who is in" is Dekker's; both sides do a read-modify-write
 * of the same word, which its modification order puts in a row, so no total order over several words is needed.
 *
 *     A thread may stop between E1 and its push, and the node then joins a stack that is already older: it waits a lap
 *     longer. A thread may stop between its move and its take, and take nodes that are younger: each node's own `since`
 *     decides, and what is not ripe goes back. ABA: a push that finds the same top as before has the right successor
 *     whatever happened between, and a take does not look at successors. 2^63 steps do not happen.
 */
#include "sync/epoch.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

enum { CACHE_LINE = 64, LAPS = 3, RIPE = 2, OUTSIDE = 0 };

struct seat {
    /* written by the seat's own thread */
    alignas(CACHE_LINE) _Atomic uint64_t word;
};

struct og_epoch {
    /* read by everybody, written once a step */
    alignas(CACHE_LINE) _Atomic uint64_t now;
    /* written by who retires */
    alignas(CACHE_LINE) struct og_retired *_Atomic limbo[LAPS];
    _Atomic uint64_t retired, reclaimed;
    struct seat seats[OG_EPOCH_SEATS];
};

static_assert(sizeof(struct seat) == CACHE_LINE, "no two seats share a line");
static_assert(offsetof(struct og_epoch, limbo) % CACHE_LINE == 0, "readers do not share a line with writers");

static uint64_t inside(uint64_t now)
{
    return now << 1 | 1;
}

struct og_epoch *og_epoch_new(void)
{
    struct og_epoch *epoch = aligned_alloc(CACHE_LINE, sizeof *epoch);
    if (!epoch)
        return NULL;
    atomic_init(&epoch->now, 0);
    atomic_init(&epoch->retired, 0);
    atomic_init(&epoch->reclaimed, 0);
    for (unsigned i = 0; i < LAPS; i++)
        atomic_init(&epoch->limbo[i], NULL);
    for (unsigned i = 0; i < OG_EPOCH_SEATS; i++)
        atomic_init(&epoch->seats[i].word, OUTSIDE);
    return epoch;
}

void og_epoch_enter(struct og_epoch *epoch, unsigned seat)
{
    assert(seat < OG_EPOCH_SEATS);
    uint64_t now = atomic_load_explicit(&epoch->now, memory_order_acquire); /* E4: pairs with E3 */
    uint64_t was = atomic_exchange_explicit(&epoch->seats[seat].word, inside(now), memory_order_acquire); /* E6: E5 */
    assert(was == OUTSIDE);
    (void)was;
}

void og_epoch_leave(struct og_epoch *epoch, unsigned seat)
{
    atomic_store_explicit(&epoch->seats[seat].word, OUTSIDE, memory_order_release); /* E7: pairs with E8 */
}

static void push(struct og_epoch *epoch, struct og_retired *node)
{
    struct og_retired *_Atomic *limbo = &epoch->limbo[node->since % LAPS];
    node->next = atomic_load_explicit(limbo, memory_order_relaxed); /* a guess that the CAS checks */
    while (!atomic_compare_exchange_weak_explicit(limbo, &node->next, node, memory_order_release,
                                                  memory_order_relaxed)) { /* E9: pairs with E10 */
    }
}

void og_epoch_retire(struct og_epoch *epoch, struct og_retired *node)
{
    node->since = atomic_fetch_add_explicit(&epoch->now, 0, memory_order_release); /* E1: pairs with E2 */
    push(epoch, node);
    uint64_t before = atomic_fetch_add_explicit(&epoch->retired, 1, memory_order_relaxed); /* only the number counts */
    if ((before + 1) % OG_EPOCH_STRIDE == 0)
        og_epoch_reclaim(epoch);
}

static bool nobody_lags(struct og_epoch *epoch, uint64_t now)
{
    for (unsigned i = 0; i < OG_EPOCH_SEATS; i++) {
        uint64_t word = atomic_fetch_add_explicit(&epoch->seats[i].word, 0, memory_order_acq_rel); /* E5, E8 */
        if (word != OUTSIDE && word != inside(now))
            return false;
    }
    return true;
}

static uint64_t step(struct og_epoch *epoch)
{
    uint64_t now = atomic_load_explicit(&epoch->now, memory_order_acquire); /* E2, E4 */
    if (nobody_lags(epoch, now) &&
        atomic_compare_exchange_strong_explicit(&epoch->now, &now, now + 1, memory_order_acq_rel, memory_order_acquire))
        now++; /* E3, or E4 when another thread was faster */
    return now;
}

static void reclaim_ripe(struct og_epoch *epoch, unsigned lap, uint64_t now)
{
    struct og_retired *node = atomic_exchange_explicit(&epoch->limbo[lap], NULL, memory_order_acquire); /* E10: E9 */
    uint64_t count = 0;
    while (node) {
        struct og_retired *taken = node;
        node = node->next;
        if (taken->since + RIPE > now) {
            push(epoch, taken);
            continue;
        }
        taken->reclaim(taken);
        count++;
    }
    atomic_fetch_add_explicit(&epoch->reclaimed, count, memory_order_relaxed); /* a hint */
}

bool og_epoch_reclaim(struct og_epoch *epoch)
{
    uint64_t now = step(epoch);
    if (now >= RIPE)
        reclaim_ripe(epoch, (unsigned)((now - RIPE) % LAPS), now);
    uint64_t reclaimed = atomic_load_explicit(&epoch->reclaimed, memory_order_relaxed); /* a hint */
    uint64_t retired = atomic_load_explicit(&epoch->retired, memory_order_relaxed);     /* a hint */
    return retired <= reclaimed;
}

void og_epoch_destroy(struct og_epoch **epoch)
{
    if (!*epoch)
        return;
    for (unsigned lap = 0; lap < LAPS; lap++)
        reclaim_ripe(*epoch, lap, UINT64_MAX);
    free(*epoch);
    *epoch = NULL;
}
