/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_PULSE_H
#define OG_HTTP_PULSE_H
/*
 * og_pulse: asks each event thread whether it lives, by a request to /healthz on a connection of its own that goes
 * through everything that a client's does: waiting for events, parser, router, answer. A thread that is idle answers at
 * once; one that is stuck does not, wherever it is stuck.
 *
 * `dial` hands a lane the other end of a pair of sockets. A lane that refuses it is full, which only a lane that works
 * can tell; it counts as living.
 *
 * Threads:   take from one thread at a time. Ownership: new returns owned; `context` is borrowed; a socket that dial
 *            gets is the lane's, even when it refuses. Errors: new says that memory is out.
 */
#include <stdbool.h>

#include "base/status.h"

struct og_pulse;

/* `base` stands before /healthz. */
OG_CHECKED enum og_status og_pulse_new(const char *base, unsigned lanes,
                                       bool (*dial)(void *context, unsigned lane, int socket), void *context,
                                       struct og_pulse **out, struct og_error *err);

/* Asks all, waits at most so long, and returns how many said nothing. */
unsigned og_pulse_take(struct og_pulse *pulse, unsigned patience_ms);

/* Hangs up, so that no connection is left open. */
void og_pulse_rest(struct og_pulse *pulse);
void og_pulse_destroy(struct og_pulse **pulse);

#endif
