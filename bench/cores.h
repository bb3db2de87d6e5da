/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_CORES_H
#define OG_BENCH_CORES_H
/*
 * A machine for two: the server has the first half of the processors, the driver the second, so that neither takes time
 * from the other and every server has the same. With a single processor both share it.
 *
 * Threads:   the calling thread, and what it starts from now on: threads and processes.
 * Ownership: none.
 * Errors:    none: where processors cannot be chosen they are shared.
 */
void cores_for_server(void);
void cores_for_driver(void);
unsigned cores_of_server(void); /* how many */

#endif
