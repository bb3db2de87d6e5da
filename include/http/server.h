/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SERVER_H
#define OG_HTTP_SERVER_H
/*
 * og_server: event threads that speak HTTP/1.1 for a site. Each is a libmicrohttpd daemon of its own with a socket of
 * its own on the shared port; a connection stays on the thread that accepted it.
 *
 *     first call of the handler   methods and bodies are judged; refusing here closes the connection
 *     second call                 what is at hand is answered; a miss is suspended, then submitted to the engine
 *     the engine's done()         leaves status and bytes in the visit and resumes the connection
 *     the client leaves first     the demand is taken back from the engine and the connection is closed
 *     the deadline passes first   the demand is taken back and the answer is 503
 *     third call                  the event thread answers
 *
 * Threads:   start, stop and port from the owner's thread. Every request lives on its event thread; done() runs on any.
 * Ownership: start returns owned and borrows site and log, which outlive it; stop takes the server. A waiting request
 *            belongs to the engine from submit until done() has resumed the connection, which is done()'s last act, and
 *            to the event thread before and after. It cannot vanish in between: a suspended connection is left alone by
 *            libmicrohttpd even when its client is gone, and stop waits for the engine first.
 * Errors:    start says in `err` which address or thread failed and leaves nothing behind; when a thread failed, the
 *            engine was drained.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"
#include "base/status.h"
#include "http/listen.h"
#include "http/site.h"

#define OG_SERVER_THREADS_MAX 32

struct og_server;

struct og_server_options {
    struct og_address address;
    unsigned threads;     /* event threads, 1 … OG_SERVER_THREADS_MAX */
    unsigned connections; /* open at once, in all; lowered to what the limit of open files allows */
    unsigned waiting;     /* suspended at once, per event thread, half of it for one slide; beyond it 503 */
    uint64_t idle_ms;     /* after which a connection is closed whose next request's head is not whole */
    uint64_t answer_ms;   /* after which a connection is closed whose client has not taken an answer */
    uint64_t deadline_ms; /* after which a request that waits for the engine is answered 503 */
    size_t stack_bytes;   /* of an event thread; 0: the system's default */
    bool access_log;      /* the site keeps one */
};

struct og_server_options og_server_defaults(struct og_address address, unsigned threads);

/* How many of those that are wanted the limit of open files leaves room for, beside slides and the rest. */
unsigned og_server_connections(unsigned wanted);

/* What a server may come to hold of resident memory, in bytes, beside the bodies that it borrows from the engine. */
size_t og_server_memory(const struct og_server_options *options);

OG_CHECKED enum og_status og_server_start(const struct og_server_options *options, struct og_site *site,
                                          struct og_log *log, struct og_server **out, struct og_error *err);
struct og_address og_server_address(const struct og_server *server); /* with the port that the system chose */

/*
 * Asks every event thread for /healthz, each on a connection of its own, and returns how many did not answer in time.
 * From one thread at a time, and not while the server stops.
 */
unsigned og_server_take_pulse(struct og_server *server, unsigned patience_ms);

/*
 * Drains: /readyz says 503 on connections that are open, every request on a new one gets 503, each answer closes its
 * connection. Waits until all requests are answered and idle connections had a moment to notice, at most `patience_ms`;
 * then drains the engine, so that no request waits any more, and ends the threads. The engine has what is left of that
 * time, at least a second; answers that have begun have a second more.
 */
void og_server_stop(struct og_server **server, unsigned patience_ms);

#endif
