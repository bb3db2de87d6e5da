/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_MEMORY_H
#define OG_DAEMON_MEMORY_H
/*
 * og_memory_bound: the most resident memory that the daemon may come to use. The one place where the formula of
 * docs/OPERATIONS.md is computed: --check-config prints it, the log tells it, /metrics shows it.
 *
 *     (what engine and server hold + what the program is) * 9 / 8 + 24 MiB
 *
 * The eighth and the 24 MiB are what the allocator loses between pieces of different sizes, and keeps for five seconds.
 *
 * Threads: any. Ownership: borrows. Errors: none.
 */
#include <stdint.h>

#include "engine/engine.h"
#include "http/server.h"

struct og_memory_bound {
    uint64_t fixed, each_slide; /* bytes */
};

#define OG_MEMORY_TEXT 96

struct og_memory_bound og_memory_bound(const struct og_engine_options *engine, const struct og_server_options *server);

/* "at most 389 MiB and 72 KiB for each slide", rounded up. */
void og_memory_print(struct og_memory_bound bound, char out[OG_MEMORY_TEXT]);

#endif
