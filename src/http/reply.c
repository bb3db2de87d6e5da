/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include <string.h>

#define PAGE_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "        \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

/* What a route's answers carry whatever their status. */
static const struct {
    bool is_page;   /* a document that a browser runs: it gets the content security policy */
    bool is_public; /* pages of other origins may read it */
    bool may_keep;  /* caches may keep a good answer */
} traits[OG_ROUTE_KINDS] = {
    [OG_ROUTE_GALLERY] = {.is_page = true},
    [OG_ROUTE_VIEWER] = {.is_page = true},
    [OG_ROUTE_TILE] = {.is_public = true, .may_keep = true},
    [OG_ROUTE_DZI] = {.is_public = true, .may_keep = true},
    [OG_ROUTE_THUMBNAIL] = {.is_public = true, .may_keep = true},
    [OG_ROUTE_SLIDES] = {.is_public = true},
    [OG_ROUTE_SLIDE] = {.is_public = true},
};

struct og_reply og_reply_status(enum og_route_kind route, enum og_status status)
{
    return (struct og_reply){.status = status, .route = route};
}

struct og_reply og_reply_buf(enum og_route_kind route, const char *content_type, struct og_buf *buf)
{
    return (struct og_reply){.status = OG_OK, .route = route, .content_type = content_type, .buf = buf};
}

struct og_reply og_reply_bytes(enum og_route_kind route, const char *content_type, struct og_span bytes)
{
    return (struct og_reply){.status = OG_OK, .route = route, .content_type = content_type, .bytes = bytes};
}

void og_reply_release(struct og_reply *reply)
{
    og_buf_unref(&reply->buf);
}

struct og_span og_reply_body(const struct og_reply *reply)
{
    if (reply->buf)
        return (struct og_span){reply->buf->data, reply->buf->size};
    if (reply->bytes.data)
        return reply->bytes;
    const char *text = og_status_text(reply->status);
    return (struct og_span){(const uint8_t *)text, strlen(text)};
}

unsigned og_reply_code(const struct og_reply *reply)
{
    return og_status_http(reply->status);
}

static void add(struct og_header *out, unsigned *n, const char *name, const char *value)
{
    out[(*n)++] = (struct og_header){name, value};
}

unsigned og_reply_headers(const struct og_reply *reply, struct og_header out[OG_REPLY_HEADERS])
{
    unsigned n = 0;
    bool good = reply->status == OG_OK, page = good && traits[reply->route].is_page;
    const char *type = good && reply->content_type ? reply->content_type : "text/plain; charset=utf-8";
    add(out, &n, "Content-Type", type);
    add(out, &n, "X-Content-Type-Options", "nosniff");
    add(out, &n, "Referrer-Policy", "no-referrer");
    add(out, &n, "Cache-Control", good && traits[reply->route].may_keep ? "public, max-age=3600" : "no-cache");
    if (page)
        add(out, &n, "Content-Security-Policy", PAGE_POLICY);
    if (traits[reply->route].is_public)
        add(out, &n, "Access-Control-Allow-Origin", "*");
    if (reply->status == OG_METHOD)
        add(out, &n, "Allow", "GET, HEAD");
    if (og_reply_code(reply) == 503)
        add(out, &n, "Retry-After", "1");
    return n;
}
