/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_ALLOCATIONS_H
#define OG_TESTS_ALLOCATIONS_H
/*
 * Counts what the engine's workers and the HTTP server's event threads ask of the heap, by who asks: libjpeg, for the
 * pools that it makes for each image, or somebody else. They are known by their names, "worker-N" and "MHD-single". A
 * program that has this linked in calls the allocator through it, whichever that is.
 *
 * Threads:   any; the sums may be read at any time.
 * Ownership: passes all through.
 * Errors:    none; a caller that belongs to no file counts as somebody else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allocations {
    size_t calls, bytes;
};

struct allocations allocations_of_libjpeg(void);
struct allocations allocations_of_others(void);

bool allocations_count_this_thread(void); /* whether the caller is one of those */

/* What jemalloc has counted for the worker that called last, in bytes as it rounds them; 0 with another allocator. */
uint64_t allocations_counted_by_jemalloc(void);

#endif
