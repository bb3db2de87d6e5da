/* SPDX-License-Identifier: MIT */
#ifndef OG_DAEMON_NOTIFY_H
#define OG_DAEMON_NOTIFY_H
/*
 * og_notify: tells the service manager about our state, as sd_notify(3) does, with one datagram and without libsystemd.
 *
 * Threads: any. Ownership: borrows the text. Errors: none: without $NOTIFY_SOCKET, or when nobody listens
 * or takes it within a second, it is lost.
 */
#include <stdint.h>

void og_notify(const char *state); /* "READY=1", "STOPPING=1", … */

/* How long the manager waits for WATCHDOG=1, in microseconds; 0: it does not. */
uint64_t og_notify_watchdog_us(void);

#endif
