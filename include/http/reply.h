/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_REPLY_H
#define OG_HTTP_REPLY_H
/*
 * og_reply: an answer as a value, before any HTTP library sees it: outcome, bytes, and the headers that follow from
 * them. A body that nobody made for this request alone is answered by one response that stays with its buffer, so a
 * buffer has one route's traits and one pair of validators. (Tiles and thumbnails share buffers, and their traits.)
 *
 * Threads:   a value of one thread.
 * Ownership: a reply owns `buf`; release gives it back.
 * Errors:    a reply of kind OG_REPLY_STATUS has the status's text as its body; nothing from the request is ever in it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "engine/engine.h"
#include "http/route.h"
#include "http/validators.h"

enum og_reply_kind {
    OG_REPLY_STATUS,    /* the text of `status`: the same for all requests */
    OG_REPLY_BODY,      /* 200, or what `status` says: `buf` */
    OG_REPLY_UNCHANGED, /* 304: the client has it */
    OG_REPLY_OPTIONS,   /* 204: what may be asked */
    OG_REPLY_ELSEWHERE, /* 308: at the base path */
};

struct og_reply {
    enum og_reply_kind kind;
    enum og_status status; /* OG_OK but for OG_REPLY_STATUS, and for a page that says that there is no such slide */
    enum og_route_kind route;
    const char *content_type; /* of the body */
    struct og_buf *buf;       /* the body */
    struct og_validators validators;
    bool misnamed;         /* the address names another generation of the slide: it is not kept under it */
    bool made;             /* for this request, … */
    struct og_spent spent; /* … with this effort */
};

/* A reply that says how `route` ended: the text of `status` as its body. */
struct og_reply og_reply_status(enum og_route_kind route, enum og_status status);
struct og_reply og_reply_buf(enum og_route_kind route, const char *content_type, struct og_buf *buf,
                             struct og_validators validators); /* takes buf */
struct og_reply og_reply_unchanged(enum og_route_kind route, struct og_validators validators);

void og_reply_release(struct og_reply *reply);

struct og_span og_reply_body(const struct og_reply *reply); /* borrowed from the reply; uncoded */
unsigned og_reply_code(const struct og_reply *reply);       /* the HTTP status code */
bool og_route_is_tile(enum og_route_kind route);            /* the cache is asked for it */
bool og_route_is_public(enum og_route_kind route);          /* pages of other origins may read it */
bool og_route_is_packed(enum og_route_kind route);          /* its bodies also come in gzip */

/* What all answers of a site share. */
struct og_manners {
    char cache_control[64]; /* of what may be kept */
    char ask_again[32];     /* the same, of what may be kept but not used without asking */
    char home[160];         /* where the base path leads, relative to itself without its last slash */
};

struct og_header {
    const char *name, *value;
};
#define OG_HEADERS_MAX 16

/* Headers and the texts that some of them point to. */
struct og_headers {
    unsigned count;
    struct og_header header[OG_HEADERS_MAX];
    char tag[OG_TAG_TEXT], modified[32], timing[192];
};

/* Content-Type and the rest, but for Content-Length, Connection and Date. `manners` are borrowed too. */
void og_reply_headers(const struct og_reply *reply, const struct og_manners *manners, enum og_coding coding,
                      struct og_headers *out);

#endif
