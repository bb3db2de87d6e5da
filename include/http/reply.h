/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_REPLY_H
#define OG_HTTP_REPLY_H
/*
 * og_reply: an answer as a value, before any HTTP library sees it: outcome, bytes, and the headers that follow from
 * them.
 *
 * Threads:   a value of one thread.
 * Ownership: a reply owns `buf`; `bytes` are borrowed and live as long as the process. release gives `buf` back.
 * Errors:    a reply whose status is not OG_OK has the status's text as its body; nothing from the request is ever in
 * it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "http/route.h"

struct og_reply {
    enum og_status status;
    enum og_route_kind route;
    const char *content_type; /* of the body when status is OG_OK */
    struct og_buf *buf;       /* the body; or, when NULL: */
    struct og_span bytes;     /* the body */
};

/* A reply that says how `route` ended: the text of `status` as its body. */
struct og_reply og_reply_status(enum og_route_kind route, enum og_status status);
struct og_reply og_reply_buf(enum og_route_kind route, const char *content_type, struct og_buf *buf); /* takes buf */
struct og_reply og_reply_bytes(enum og_route_kind route, const char *content_type, struct og_span bytes);

void og_reply_release(struct og_reply *reply);

struct og_span og_reply_body(const struct og_reply *reply); /* borrowed from the reply */
unsigned og_reply_code(const struct og_reply *reply);       /* the HTTP status code */

struct og_header {
    const char *name, *value;
};
#define OG_REPLY_HEADERS 8

/* Content-Type and the rest, but for Content-Length, Connection and Date. Returns how many. */
unsigned og_reply_headers(const struct og_reply *reply, struct og_header out[OG_REPLY_HEADERS]);

#endif
