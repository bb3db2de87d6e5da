/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_COUNTING_H
#define OG_BENCH_COUNTING_H
/*
 * How often a process asks for memory and takes a mutex, by who asks: the program itself, or a library that it calls.
 * counting.c is loaded into the process with LD_PRELOAD; the counts are in a file that both map, whose path is in the
 * environment variable ORIGAMI_BENCH_COUNTS.
 *
 * Threads:   any; sums.
 * Ownership: none.
 * Errors:    without that file nothing is counted.
 */
#include <stdatomic.h>
#include <stdint.h>

#define COUNTING_VARIABLE "ORIGAMI_BENCH_COUNTS"

enum counting_kind {
    COUNTING_OURS_ALLOCATIONS,
    COUNTING_OURS_LOCKS,
    COUNTING_LIBRARY_ALLOCATIONS,
    COUNTING_LIBRARY_LOCKS,
    COUNTING_KINDS
};

struct counting {
    atomic_uint_least64_t counts[COUNTING_KINDS];
};

#endif
