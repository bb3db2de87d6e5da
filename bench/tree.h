/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_TREE_H
#define OG_BENCH_TREE_H
/*
 * What a process and its children have used so far: what a server costs, whether it is one process or several.
 *
 * Threads: any. Ownership: none. Errors: processes that are gone count as nothing.
 */
#include <sys/types.h>

struct tree_use {
    double cpu;         /* seconds, user and system, of threads that live */
    double peak_memory; /* bytes, VmHWM of each; pages that they share count for each */
};

struct tree_use tree_use(pid_t root);

#endif
