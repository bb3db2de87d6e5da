/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_LEAVERS_H
#define OG_HTTP_LEAVERS_H
/*
 * og_leavers: notices clients that close their connection while they wait for the engine, and those that have waited
 * too long. libmicrohttpd leaves a suspended connection alone, so one thread looks after those sockets with an epoll
 * set of its own. A client that only closes its sending side counts as gone, as it does for the usual proxies.
 *
 * Threads:   watch and forget from any thread; start and stop from one. `left` and `late` run on the watching thread,
 *            never for a request that was forgotten: forget waits for a call under way. The mutex orders all of it.
 * Ownership: start returns owned. Requests are borrowed from watch until forget, their sockets stay open that long.
 * Errors:    start says why there is no thread. When the system refuses to watch a socket the request is only timed,
 * and its answer comes as if nobody left.
 */
#include <stdint.h>

#include "base/status.h"

struct og_leavers;

enum { OG_NOT_WATCHED = 0 };

struct og_leavers_options {
    unsigned most;        /* watched at once */
    uint64_t patience_ms; /* after which a request is late; at least 1 */
    void (*left)(void *context, void *request);
    void (*late)(void *context, void *request); /* at most once for each request */
    void *context;
};

OG_CHECKED enum og_status og_leavers_start(const struct og_leavers_options *options, struct og_leavers **out,
                                           struct og_error *err);

/* Returns a ticket, or OG_NOT_WATCHED when `most` are watched already. */
uint64_t og_leavers_watch(struct og_leavers *leavers, int socket, void *request);
void og_leavers_forget(struct og_leavers *leavers, uint64_t ticket);

/* When it returns no call of `left` or `late` that began before is under way. */
void og_leavers_pause(struct og_leavers *leavers);
void og_leavers_stop(struct og_leavers **leavers);

#endif
