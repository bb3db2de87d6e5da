/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_CONNECTIONS_H
#define OG_HTTP_CONNECTIONS_H
/*
 * og_connections: every open connection with its socket, its phase and since when it is in it, and one thread that ends
 * those that take too long. An ended connection's socket is shut down; whoever serves it sees that and closes it.
 *
 *     OG_PHASE_HEAD      no request: until the head of the next one is whole, at most `idle_ms`
 *     OG_PHASE_WAIT      the engine is asked: not ended here
 *     OG_PHASE_ANSWER    until the kernel has taken the answer, at most `answer_ms`
 *
 * A connection in OG_PHASE_HEAD whose client has closed its sending side is ended a second or two after its answer.
 *
 * When all but a sixteenth of the places are taken, those in OG_PHASE_HEAD are ended to make room, the oldest first;
 * but the youngest of them, a thirty-second of the places, are left to say what they came for. Where that is not enough
 * come those in OG_PHASE_ANSWER that have used up an eighth of their time.
 *
 * Threads:   add and remove from any thread; enter from the one that serves the connection: a clock's look and a
 *            relaxed store, no lock. start and stop from one. Sockets are shut down under the mutex that remove takes,
 *            so a socket's number cannot belong to somebody else by then.
 * Ownership: start returns owned; places belong to the table. The socket stays open from add until remove returned.
 * Errors:    start says why there is no thread or memory; add returns NULL when all places are taken.
 */
#include <stdint.h>

#include "base/metrics.h"
#include "base/status.h"

struct og_connections;
struct og_connection;

enum og_phase { OG_PHASE_HEAD, OG_PHASE_WAIT, OG_PHASE_ANSWER };

struct og_connections_options {
    unsigned most;               /* at least 1 */
    uint64_t idle_ms, answer_ms; /* at least 1 */
    struct og_metrics *metrics;
};

OG_CHECKED enum og_status og_connections_start(const struct og_connections_options *options,
                                               struct og_connections **out, struct og_error *err);

struct og_connection *og_connections_add(struct og_connections *connections, int socket); /* in OG_PHASE_HEAD */
void og_connection_enter(struct og_connection *connection, enum og_phase phase);
void og_connections_remove(struct og_connections *connections, struct og_connection *connection);

/* When all connections were removed. */
void og_connections_stop(struct og_connections **connections);

#endif
