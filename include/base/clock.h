/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_CLOCK_H
#define OG_BASE_CLOCK_H
/*
 * og_clock: monotonic time as a function, so that tests can bring their own.
 *
 * Threads:   any. Ownership: none. Errors: none.
 */
#include <stdint.h>

typedef uint64_t og_clock(void); /* nanoseconds since some fixed moment, never backwards */

uint64_t og_clock_monotonic_ns(void);

#endif
