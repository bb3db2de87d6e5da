/* SPDX-License-Identifier: MIT */
#include <sys/resource.h>

#include "http/access_log.h"
#include "http/server.h"
#include "lines.h"
#include "scrapes.h"

#define KIB ((size_t)1 << 10)

/* libmicrohttpd's memory of a connection, its own record, the answer's headers and what waits for the engine. */
static const size_t connection_bytes = OG_REQUEST_BYTES + 6 * KIB;
static const size_t lane_bytes = 1024 * KIB;
static const size_t scrape_bytes = 128 * KIB;

struct og_server_options og_server_defaults(struct og_address address, unsigned threads)
{
    return (struct og_server_options){.address = address,
                                      .threads = threads,
                                      .connections = 4096,
                                      .waiting = 128,
                                      .idle_ms = 30000,
                                      .answer_ms = 60000,
                                      .deadline_ms = 10000};
}

static const rlim_t files_reserve = 128;

unsigned og_server_connections(unsigned wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
        return wanted;
    /* A quarter of what is left is for slides. */
    rlim_t room = files.rlim_cur > 2 * files_reserve ? (files.rlim_cur - files_reserve) / 4 * 3 : files_reserve / 2;
    return room < wanted ? (unsigned)room : wanted;
}

size_t og_server_memory(const struct og_server_options *options)
{
    size_t log_bytes = options->access_log ? OG_ACCESS_LOG_LANE_BYTES : 0;
    return options->connections * connection_bytes + OG_SCRAPES_MAX * scrape_bytes +
           options->threads * (lane_bytes + log_bytes + options->stack_bytes);
}
