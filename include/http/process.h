/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_PROCESS_H
#define OG_HTTP_PROCESS_H
/*
 * og_process: what the kernel knows about this process, for /metrics.
 *
 * Threads: any. Ownership: none. Errors: a value that /proc does not give is 0.
 */
#include <stdint.h>

struct og_process {
    double start_time_seconds; /* since 1970 */
    double cpu_seconds;        /* of all threads, in user and kernel mode */
    uint64_t resident_bytes, virtual_bytes, open_fds, max_fds, threads;
};

struct og_process og_process_now(void);

#endif
