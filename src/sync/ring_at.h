/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_RING_AT_H
#define OG_SYNC_RING_AT_H
/*
 * ring_at: og_ring_new with a chosen first position, so that a test reaches the wrap of the 64-bit positions.
 *
 * Threads, Ownership, Errors: as og_ring_new.
 */
#include <stdint.h>

#include "sync/ring.h"

struct og_ring *og_ring_new_at(size_t capacity, uint64_t position);

#endif
