/* SPDX-License-Identifier: MIT */
/*
 * (a) Algorithm. Dmitry Vyukov's bounded MPMC queue (1024cores.net, 2010): an array of cells, each with a sequence that
 *     says whose turn the cell is, and two free-running positions, `tail` for producers and `head` for consumers.
 *
 * (b) Roles: who may run at the same time as whom.
 *
 *                 push   pop   empty/count   valid   new/destroy
 *         push     X      X         X          -          -
 *         pop      X      X         X          -          -
 *
 * (c) Invariants, all modulo 2^64, with cells = mask + 1 and the cell of position p being p & mask.
 *         0 <= tail - head <= cells
 *         sequence == p          the cell is free and waits for the producer of p
 *         sequence == p + 1      the cell is full and waits for the consumer of p
 *         sequence == p + cells  the consumer of p has left: free, for the next lap
 *     A cell's sequence only grows, and only the thread whose CAS moved tail (head) from p to p + 1 stores p + 1
 *     (p + cells).
 *
 * (d) Progress. No call waits. A CAS fails only because another thread's CAS succeeded, so some thread always claims a
 *     position; but the queue as a whole is not lock-free: a thread stopped between its CAS and its store of the
 *     sequence withholds that one cell. A producer stopped there lets pop answer "empty" although later items are
 *     complete; a consumer stopped there lets push answer "full" one lap later although cells are free. Nobody spins.
 *
 * (e) Edges.
 *         R1 push: store of sequence p + 1, release      -> R2 pop: load of sequence, acquire: the item and what it
 *                                                           points to.
 *         R3 pop: store of sequence p + cells, release   -> R4 push: load of sequence, acquire: the old item has been
 *                                                           read, the cell may be overwritten.
 *     `item` is plain memory: R1/R2 and R3/R4 order its every access. Positions publish nothing and are relaxed.
 *
 * (f) Reclamation and ABA. Cells live as long as the ring, and destroy runs alone, so nothing read here can be freed
 *     here. Positions have 64 bits: at 10^9 operations a second one comes back after 584 years, so a CAS that succeeds
 *     has met the very position that it read.
 */
#include "ring_at.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { CACHE_LINE = 64 };

struct cell {
    _Atomic uint64_t sequence;
    void *item;
};

struct og_ring {
    /* written by producers */
    alignas(CACHE_LINE) _Atomic uint64_t tail;
    /* written by consumers */
    alignas(CACHE_LINE) _Atomic uint64_t head;
    /* immutable after new */
    alignas(CACHE_LINE) uint64_t mask;
    /* written by whoever's turn the cell's sequence says it is */
    alignas(CACHE_LINE) struct cell cells[];
};

static_assert(offsetof(struct og_ring, head) % CACHE_LINE == 0, "consumers have a line of their own");
static_assert(offsetof(struct og_ring, mask) % CACHE_LINE == 0, "read-only fields share no line with a position");
static_assert(offsetof(struct og_ring, cells) % CACHE_LINE == 0, "cells share no line with the fields");
static_assert(CACHE_LINE % sizeof(struct cell) == 0, "no cell lies across two lines");

struct og_ring *og_ring_new(size_t capacity)
{
    return og_ring_new_at(capacity, 0);
}

struct og_ring *og_ring_new_at(size_t capacity, uint64_t position)
{
    const size_t most = SIZE_MAX / 4 / sizeof(struct cell);
    if (capacity > most)
        return NULL;
    size_t cells = 2;
    while (cells < capacity)
        cells *= 2;
    size_t bytes = sizeof(struct og_ring) + cells * sizeof(struct cell);
    struct og_ring *ring = aligned_alloc(CACHE_LINE, (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (!ring)
        return NULL;
    atomic_init(&ring->tail, position);
    atomic_init(&ring->head, position);
    ring->mask = cells - 1;
    for (uint64_t p = position; p != position + cells; p++) {
        struct cell *cell = &ring->cells[p & ring->mask];
        atomic_init(&cell->sequence, p);
        cell->item = NULL;
    }
    return ring;
}

bool og_ring_push_pointer(struct og_ring *ring, void *item)
{
    uint64_t position = atomic_load_explicit(&ring->tail, memory_order_relaxed); /* a guess that the CAS checks */
    for (;;) {
        struct cell *cell = &ring->cells[position & ring->mask];
        uint64_t sequence = atomic_load_explicit(&cell->sequence, memory_order_acquire); /* R4: pairs with R3 */
        int64_t ahead = (int64_t)(sequence - position);
        if (ahead < 0)
            return false;
        if (ahead > 0) {
            position = atomic_load_explicit(&ring->tail, memory_order_relaxed); /* a guess that the CAS checks */
        } else if (atomic_compare_exchange_weak_explicit(&ring->tail, &position, position + 1, memory_order_relaxed,
                                                         memory_order_relaxed)) { /* claims only; R1 publishes */
            cell->item = item;
            atomic_store_explicit(&cell->sequence, position + 1, memory_order_release); /* R1: pairs with R2 */
            return true;
        }
    }
}

void *og_ring_pop(struct og_ring *ring)
{
    uint64_t position = atomic_load_explicit(&ring->head, memory_order_relaxed); /* a guess that the CAS checks */
    for (;;) {
        struct cell *cell = &ring->cells[position & ring->mask];
        uint64_t sequence = atomic_load_explicit(&cell->sequence, memory_order_acquire); /* R2: pairs with R1 */
        int64_t ahead = (int64_t)(sequence - (position + 1));
        if (ahead < 0)
            return NULL;
        if (ahead > 0) {
            position = atomic_load_explicit(&ring->head, memory_order_relaxed); /* a guess that the CAS checks */
        } else if (atomic_compare_exchange_weak_explicit(&ring->head, &position, position + 1, memory_order_relaxed,
                                                         memory_order_relaxed)) { /* claims only; R3 returns the cell */
            void *item = cell->item;
            uint64_t next_lap = position + ring->mask + 1;
            atomic_store_explicit(&cell->sequence, next_lap, memory_order_release); /* R3: pairs with R4 */
            return item;
        }
    }
}

bool og_ring_is_empty(const struct og_ring *ring)
{
    uint64_t position = atomic_load_explicit(&ring->head, memory_order_relaxed); /* a hint: nothing is read behind it */
    const struct cell *cell = &ring->cells[position & ring->mask];
    uint64_t sequence = atomic_load_explicit(&cell->sequence, memory_order_relaxed); /* a hint: the item is not read */
    return (int64_t)(sequence - (position + 1)) < 0;
}

size_t og_ring_count(const struct og_ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed); /* a hint: nothing is read behind it */
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed); /* a hint: nothing is read behind it */
    int64_t count = (int64_t)(tail - head);
    if (count < 0)
        return 0;
    return (uint64_t)count > ring->mask + 1 ? ring->mask + 1 : (size_t)count;
}

bool og_ring_valid(const struct og_ring *ring)
{
    uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed); /* the caller is alone */
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed); /* the caller is alone */
    uint64_t cells = ring->mask + 1;
    if (tail - head > cells)
        return false;
    for (uint64_t p = head; p != head + cells; p++) {
        bool full = p - head < tail - head;
        const struct cell *cell = &ring->cells[p & ring->mask];
        uint64_t sequence = atomic_load_explicit(&cell->sequence, memory_order_relaxed); /* the caller is alone */
        if (sequence != (full ? p + 1 : p) || (full && !cell->item))
            return false;
    }
    return true;
}

void og_ring_destroy(struct og_ring **ring)
{
    free(*ring);
    *ring = NULL;
}
