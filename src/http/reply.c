/* SPDX-License-Identifier: MIT */
#include "http/reply.h"

#include <stdio.h>
#include <string.h>

#include "http/date.h"

#define PAGE_POLICY                                                                                                    \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "        \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
#define METHODS "GET, HEAD, OPTIONS"

/* What a route's answers carry whatever their status. */
static const struct {
    bool is_page;   /* a document that a browser runs: it gets the content security policy */
    bool is_public; /* pages of other origins may read it */
    bool may_keep;  /* caches may keep a good answer */
    bool is_packed; /* a text that gzip makes smaller */
} traits[OG_ROUTE_KINDS] = {
    [OG_ROUTE_GALLERY] = {.is_page = true, .is_packed = true},
    [OG_ROUTE_VIEWER] = {.is_page = true, .is_packed = true},
    [OG_ROUTE_ASSET] = {.is_packed = true},
    [OG_ROUTE_TILE] = {.is_public = true, .may_keep = true},
    [OG_ROUTE_DZI] = {.is_public = true, .may_keep = true, .is_packed = true},
    [OG_ROUTE_THUMBNAIL] = {.is_public = true, .may_keep = true},
    [OG_ROUTE_SLIDES] = {.is_public = true, .is_packed = true},
    [OG_ROUTE_SLIDE] = {.is_public = true, .is_packed = true},
};

struct og_reply og_reply_status(enum og_route_kind route, enum og_status status)
{
    return (struct og_reply){.kind = OG_REPLY_STATUS, .status = status, .route = route};
}

struct og_reply og_reply_buf(enum og_route_kind route, const char *content_type, struct og_buf *buf,
                             struct og_validators validators)
{
    return (struct og_reply){
        .kind = OG_REPLY_BODY, .route = route, .content_type = content_type, .buf = buf, .validators = validators};
}

struct og_reply og_reply_unchanged(enum og_route_kind route, struct og_validators validators)
{
    return (struct og_reply){.kind = OG_REPLY_UNCHANGED, .route = route, .validators = validators};
}

void og_reply_release(struct og_reply *reply)
{
    og_buf_unref(&reply->buf);
}

struct og_span og_reply_body(const struct og_reply *reply)
{
    if (reply->buf)
        return (struct og_span){reply->buf->data, reply->buf->size};
    const char *text = reply->kind == OG_REPLY_STATUS ? og_status_text(reply->status) : "";
    return (struct og_span){(const uint8_t *)text, strlen(text)};
}

unsigned og_reply_code(const struct og_reply *reply)
{
    static const unsigned codes[] = {
        [OG_REPLY_BODY] = 200, [OG_REPLY_UNCHANGED] = 304, [OG_REPLY_OPTIONS] = 204, [OG_REPLY_ELSEWHERE] = 308};
    return reply->kind == OG_REPLY_STATUS || reply->status != OG_OK ? og_status_http(reply->status)
                                                                    : codes[reply->kind];
}

bool og_route_is_tile(enum og_route_kind route)
{
    return route == OG_ROUTE_TILE || route == OG_ROUTE_THUMBNAIL;
}

bool og_route_is_public(enum og_route_kind route)
{
    return traits[route].is_public;
}

bool og_route_is_packed(enum og_route_kind route)
{
    return traits[route].is_packed;
}

static void add(struct og_headers *out, const char *name, const char *value)
{
    out->header[out->count++] = (struct og_header){name, value};
}

static void add_timing(const struct og_reply *reply, struct og_headers *out)
{
    const struct og_spent *spent = &reply->spent;
    if (!reply->made) {
        add(out, "Server-Timing", "cache;desc=\"hit\"");
        return;
    }
    snprintf(out->timing, sizeof out->timing,
             "cache;desc=\"miss\", queue;dur=%.2f, read;dur=%.2f, decode;dur=%.2f, residual;dur=%.2f, encode;dur=%.2f",
             (double)spent->queue_ns / 1e6, (double)spent->read_ns / 1e6, (double)spent->decode_ns / 1e6,
             (double)spent->residual_ns / 1e6, (double)spent->encode_ns / 1e6);
    add(out, "Server-Timing", out->timing);
}

static const char *cache_control(const struct og_reply *reply, const struct og_manners *manners)
{
    if (!traits[reply->route].may_keep)
        return "no-cache";
    return reply->misnamed ? manners->ask_again : manners->cache_control;
}

/* What a 304 carries too. */
static void add_caching(const struct og_reply *reply, const struct og_manners *manners, struct og_headers *out)
{
    add(out, "Cache-Control", cache_control(reply, manners));
    if (traits[reply->route].is_packed)
        add(out, "Vary", "Accept-Encoding");
}

/* A 304 with a tag says no date: RFC 9110, 15.4.5. */
static void add_validators(const struct og_reply *reply, enum og_coding coding, struct og_headers *out)
{
    if (reply->validators.modified_s && !(reply->kind == OG_REPLY_UNCHANGED && reply->validators.tag)) {
        og_date_print(reply->validators.modified_s, out->modified);
        add(out, "Last-Modified", out->modified);
    }
    if (reply->validators.tag) {
        og_tag_print(reply->validators.tag, coding, out->tag);
        add(out, "ETag", out->tag);
    }
}

static void add_body(const struct og_reply *reply, const struct og_manners *manners, enum og_coding coding,
                     struct og_headers *out)
{
    add(out, "Content-Type", reply->content_type);
    add(out, "X-Content-Type-Options", "nosniff");
    if (coding == OG_CODING_GZIP)
        add(out, "Content-Encoding", "gzip");
    if (traits[reply->route].is_page) {
        add(out, "Content-Security-Policy", PAGE_POLICY);
        add(out, "Referrer-Policy", "no-referrer");
    }
    if (og_route_is_tile(reply->route))
        add_timing(reply, out);
    add_caching(reply, manners, out);
}

static void add_status(const struct og_reply *reply, struct og_headers *out)
{
    add(out, "Content-Type", "text/plain; charset=utf-8");
    add(out, "X-Content-Type-Options", "nosniff");
    add(out, "Cache-Control", "no-cache");
    if (reply->status == OG_METHOD)
        add(out, "Allow", METHODS);
    if (og_reply_code(reply) == 503)
        add(out, "Retry-After", "1");
}

static void add_options(const struct og_reply *reply, struct og_headers *out)
{
    add(out, "Allow", METHODS);
    if (!traits[reply->route].is_public)
        return;
    add(out, "Access-Control-Allow-Methods", METHODS);
    add(out, "Access-Control-Allow-Headers", "*, Authorization");
    add(out, "Access-Control-Max-Age", "86400");
}

static void add_origin(const struct og_reply *reply, struct og_headers *out)
{
    add(out, "Access-Control-Allow-Origin", "*");
    if (reply->kind == OG_REPLY_STATUS)
        add(out, "Access-Control-Expose-Headers", "Retry-After");
    if (reply->kind != OG_REPLY_BODY)
        return;
    add(out, "Access-Control-Expose-Headers", "ETag, Server-Timing");
    add(out, "Timing-Allow-Origin", "*");
}

void og_reply_headers(const struct og_reply *reply, const struct og_manners *manners, enum og_coding coding,
                      struct og_headers *out)
{
    out->count = 0;
    switch (reply->kind) {
    case OG_REPLY_STATUS:
        add_status(reply, out);
        break;
    case OG_REPLY_BODY:
        add_body(reply, manners, coding, out);
        break;
    case OG_REPLY_UNCHANGED:
        add_caching(reply, manners, out);
        break;
    case OG_REPLY_OPTIONS:
        add_options(reply, out);
        break;
    case OG_REPLY_ELSEWHERE:
        add(out, "Location", manners->home);
        add(out, "Cache-Control", "no-cache");
        break;
    }
    if (traits[reply->route].is_public)
        add_origin(reply, out);
    add_validators(reply, coding, out); /* the tag is the last one: a connection's 304 gets it anew */
}
