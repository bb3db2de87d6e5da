/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_MACHINE_H
#define OG_DAEMON_MACHINE_H
/*
 * og_machine: how much memory this process may use, as the machine and its control groups (v2 and v1) say.
 *
 * Threads: any. Ownership: borrows `root`. Errors: what cannot be read does not limit.
 */
#include <stdint.h>

/* `root` stands before /proc and /sys: "" but in tests. */
uint64_t og_machine_memory(const char *root);

#endif
