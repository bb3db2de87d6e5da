/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_PROCESS_USE_H
#define OG_TESTS_PROCESS_USE_H
/*
 * What this process holds of the system, to be compared before and after.
 *
 * Threads: any. Ownership: none. Errors: 0 where /proc is missing.
 */
#include <stdbool.h>

unsigned og_use_descriptors(void);
unsigned og_use_threads(void);

/* A thread that was joined stays in /proc for a moment: waits until there are no more than so many, ten seconds at
 * most. */
bool og_use_threads_come_down_to(unsigned threads);

#endif
