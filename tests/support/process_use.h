/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_PROCESS_USE_H
#define OG_TESTS_PROCESS_USE_H
/*
 * What this process holds of the system, to be compared before and after.
 *
 * Threads: any. Ownership: none. Errors: 0 where /proc is missing.
 */
unsigned og_use_descriptors(void);
unsigned og_use_threads(void);

#endif
