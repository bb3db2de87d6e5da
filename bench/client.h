/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_CLIENT_H
#define OG_BENCH_CLIENT_H
/*
 * Many kept-alive connections to one HTTP server on this machine, driven by one thread with as little work as it takes:
 * the header of an answer is read, its body is thrown away in the kernel.
 *
 * Threads:   one client per thread.
 * Ownership: new returns owned.
 * Errors:    a connection that the server ends is opened again, and what was asked on it is answered with status 0. A
 *            server that cannot be reached ends the bench with the reason.
 */
#include <stddef.h>
#include <stdint.h>

struct client_answer {
    unsigned connection, status; /* status 0: none came */
    size_t bytes;                /* of the body */
    uint64_t at_ns;              /* monotonic: its last byte was here */
    const char *header;          /* terminated; until the callback returns */
};

typedef void client_answered(void *context, const struct client_answer *answer);

struct client *client_new(uint16_t port, unsigned connections);

/* GET `path`; `lines` are more header lines, each with its end, or "". One request at a time on each connection. */
void client_ask(struct client *client, unsigned connection, const char *path, const char *lines);

/* Waits for answers until the moment, or until there are some. */
void client_wait(struct client *client, uint64_t until_ns, client_answered *answered, void *context);

void client_destroy(struct client **client);

#endif
