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

#include "http/site.h"

struct og_visit {
    const char *method, *path;
    uint64_t since_ns; /* the head was read; monotonic */
    unsigned lane;     /* the event thread's number */
    uint64_t number;   /* of the request, on its lane */
    bool waited;       /* for the engine */
};

struct og_visit_names {
    const char *client;  /* an address */
    const char *request; /* what a proxy that is believed calls the request, or "": then it gets a name here */
};

/* A line will be written about an answer with this code, so that names are worth looking up. */
bool og_visit_wants_names(const struct og_site *site, unsigned code);

/* The answer is about to be sent, with `bytes` of body. `names` may be NULL when nobody wants them. */
void og_visit_end(const struct og_visit *visit, struct og_site *site, struct og_metrics_block *metrics,
                  const struct og_reply *reply, uint64_t bytes, const struct og_visit_names *names);

#endif
