/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_FORWARDED_H
#define OG_HTTP_FORWARDED_H
/*
 * og_forwarded: who asks, as text for a log. Behind a proxy that is what the proxy says, if it is to be believed: the
 * last address in Forwarded or, without one, in X-Forwarded-For. Addresses before the last were written by others and
 * prove nothing. What holds other bytes than names and addresses are made of is not taken.
 *
 * Threads: pure functions. Ownership: none. Errors: an address of an unknown kind is "-", a missing id is "".
 */
#include <sys/socket.h>

#include "http/head.h"

#define OG_CLIENT_TEXT     64
#define OG_REQUEST_ID_TEXT 65

/* `from` is the other end of the connection; its port is left out. */
void og_client_print(const struct og_head *head, bool believe, const struct sockaddr *from, char out[OG_CLIENT_TEXT]);

/* X-Request-Id, believed as above, of at most 64 bytes. */
void og_request_id_print(const struct og_head *head, bool believe, char out[OG_REQUEST_ID_TEXT]);

#endif
