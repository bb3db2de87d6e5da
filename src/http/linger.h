/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_LINGER_H
#define OG_HTTP_LINGER_H
/*
 * og_linger: the last second of connections that the server closes. To close a socket while requests lie unread in it,
 * or come after that, makes the kernel reset the connection and drop what it has not sent: a client that sends requests
 * without waiting would see its last answer cut. So a thread keeps such a socket, says that nothing more follows, and
 * reads and forgets what comes until the client closes too, or the second is over.
 *
 * Threads:   take from any thread; start and stop from one. The mutex is held while a socket is handed
 *            over, never while one is read.
 * Ownership: start returns owned. take leaves the caller's descriptor to the caller, who closes it as ever.
 * Errors:    start says why there is no thread. When there is no room, the socket is closed as if nobody lingered.
 */
#include "base/status.h"

struct og_linger;

OG_CHECKED enum og_status og_linger_start(struct og_linger **out, struct og_error *err);

/* The caller sends nothing more and closes next. Nothing is done for a socket that has sent and read all. */
void og_linger_take(struct og_linger *linger, int socket);

/* Waits for those that linger, each of which has its second. */
void og_linger_stop(struct og_linger **linger);

#endif
