/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_RING_H
#define OG_SYNC_RING_H
/*
 * og_ring: bounded queue of pointers for many producers and many consumers. It joins the stages, and filled once at
 * start it is a pool.
 *
 * Threads:   push and pop from any thread; new and destroy are single-threaded.
 * Ownership: push moves the item in and empties the caller's variable on success; pop moves it out.
 * Progress:  no call blocks or parks; see the statement at the top of ring.c for what a stalled thread delays.
 * Errors:    push returns false when full, pop returns NULL when empty: both are answers, not failures. Both may also
 * be said for a moment because another thread is halfway through the cell that is next: who gives an item back to a
 * pool repeats the push until it succeeds, and who took an item and sees more should wake one more.
 */
#include <stdbool.h>
#include <stddef.h>

struct og_ring;

struct og_ring *og_ring_new(size_t capacity); /* rounded up to a power of two, at least 2; NULL when memory is out */

bool og_ring_push_pointer(struct og_ring *ring, void *item); /* item is not NULL */
void *og_ring_pop(struct og_ring *ring);

/* Moves `variable` into the ring and sets it to NULL; when the ring is full it stays as it is. */
#define og_ring_push(ring, variable) (og_ring_push_pointer((ring), (variable)) ? ((variable) = NULL, true) : false)

bool og_ring_is_empty(const struct og_ring *ring); /* a hint: would pop say NULL just now? */
size_t og_ring_count(const struct og_ring *ring);  /* a hint for gauges */
bool og_ring_valid(const struct og_ring *ring);    /* the invariants; for tests, with no call under way */

void og_ring_destroy(struct og_ring **ring); /* the ring's memory only; items are whoever's they were */

#endif
