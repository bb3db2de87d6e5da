/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_VISIT_H
#define OG_HTTP_VISIT_H
/*
 * og_visit: one request, from the first sight of its head to its answer, and all the accounts that are kept of it:
 * counters, durations, the access log, and for answers that nobody wanted a line in the log.
 *
 * Threads:   a value of one event thread.
 * Ownership: borrows every text.
 * Errors:    none.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "http/head.h"
#include "http/site.h"

struct og_visit {
    const char *method, *path;
    uint64_t since_ns; /* the head was read; monotonic */
    unsigned lane;     /* the event thread's number */
    uint64_t number;   /* of the request, on its lane */
    bool waited;       /* for the engine */
};

struct og_visit og_visit_begin(const char *method, const char *path, unsigned lane, uint64_t number);

/* The answer is about to be sent, with `bytes` of body, to `client`, whom the head may name otherwise. */
void og_visit_end(const struct og_visit *visit, struct og_site *site, struct og_metrics_block *metrics,
                  const struct og_reply *reply, uint64_t bytes, const struct og_head *head,
                  const struct sockaddr *client);

#endif
