/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_PRESENCE_H
#define OG_HTTP_PRESENCE_H
/*
 * og_presence: who is with one event thread, and the wait of a stop until they have gone.
 *
 * A request is late when its connection was made during the stop: such requests could go on coming for ever, so the
 * drain does not wait for them; the end does.
 *
 * Threads:   enter and leave from the event thread, connect from whoever tells of connections; wait and close from the
 *            one that stops. See docs/CONCURRENCY.md, "HTTP".
 * Ownership: none. Errors: enter is false when the presence was closed; it is to be left all the same.
 */
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct og_presence {                     /* zero: nobody; on cache lines of its own */
    alignas(64) atomic_uint connections; /* written by the event thread; read relaxed: a stop only waits */
    _Atomic uint64_t active; /* requests, and whether it is closed. Relaxed: its own order decides who was before */
};

bool og_presence_enter(struct og_presence *presence, bool late);
void og_presence_leave(struct og_presence *presence, bool late);
void og_presence_connect(struct og_presence *presence, bool comes);

/* Who was counted before is waited for, whoever comes after is closed: no answer begins that the end would cut. */
void og_presence_close(struct og_presence *presence);

/*
 * Waits, at most `patience_ms`, until no request is there and connections have gone or had `idle_grace_ms` to go.
 * Returns how much of its patience is left.
 */
unsigned og_presence_wait(const struct og_presence presence[], unsigned count, bool with_late, unsigned idle_grace_ms,
                          unsigned patience_ms);

#endif
