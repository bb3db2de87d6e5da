/* SPDX-License-Identifier: MIT */
#include "http/responses.h"

#include <stdlib.h>
#include <string.h>

#include "http/gzip.h"

enum audience { OURS, EVERYBODY, AUDIENCES }; /* who may read an answer: pages of this origin, or of any */

struct og_responses {
    const struct og_response_maker *maker;
    const struct og_manners *manners;
    struct MHD_Response *status[AUDIENCES][OG_STATUS_COUNT], *options[AUDIENCES], *elsewhere;
};

struct suit {
    struct og_buf_dress dress; /* first: put_away gets its address */
    const struct og_response_maker *maker;
    struct og_buf *worn_by; /* set when it is put away: goes home when nobody sends it any more */
    struct MHD_Response *response[OG_CODINGS];
    size_t size[OG_CODINGS];
};

static void keep(void *text)
{
    (void)text; /* lives as long as the program */
}

static void release(void *buf)
{
    struct og_buf *owned = buf;
    og_buf_unref(&owned);
}

static struct MHD_Response *make(const struct og_responses *r, const struct og_reply *reply, enum og_coding coding,
                                 struct og_span body, void (*let_go)(void *owner), void *owner)
{
    struct og_headers headers;
    og_reply_headers(reply, r->manners, coding, &headers);
    return r->maker->make(&headers, body, let_go, owner);
}

static void fold(void *dress)
{
    struct suit *suit = dress;
    if (suit->worn_by)
        og_buf_send_home(suit->worn_by);
    free(suit);
}

/* The plain response goes last: with it, now or when its last sending ends, go the buffer and the suit. */
static void put_away(struct og_buf_dress *dress, struct og_buf *buf)
{
    struct suit *suit = (struct suit *)dress;
    suit->worn_by = buf;
    if (suit->response[OG_CODING_GZIP])
        suit->maker->end(suit->response[OG_CODING_GZIP]);
    suit->maker->end(suit->response[OG_CODING_IDENTITY]);
}

static struct suit *make_suit(const struct og_responses *r, const struct og_reply *reply)
{
    struct suit *suit = calloc(1, sizeof *suit);
    if (!suit)
        return NULL;
    struct og_span body = og_reply_body(reply);
    struct MHD_Response *plain = make(r, reply, OG_CODING_IDENTITY, body, fold, suit);
    if (!plain)
        return NULL;
    suit->dress.put_away = put_away;
    suit->maker = r->maker;
    suit->response[OG_CODING_IDENTITY] = plain;
    suit->size[OG_CODING_IDENTITY] = body.size;
    struct og_buf *packed = og_route_is_packed(reply->route) ? og_gzip(body) : NULL;
    if (packed) {
        struct og_span bytes = {packed->data, packed->size};
        suit->response[OG_CODING_GZIP] = make(r, reply, OG_CODING_GZIP, bytes, release, packed);
        suit->size[OG_CODING_GZIP] = bytes.size;
    }
    return suit;
}

static struct suit *suit_of(const struct og_responses *r, const struct og_reply *reply)
{
    struct og_buf_dress *worn = og_buf_dress(reply->buf);
    struct suit *made = worn ? NULL : make_suit(r, reply);
    if (made) {
        worn = og_buf_put_on(reply->buf, &made->dress);
        if (worn != &made->dress)
            put_away(&made->dress, NULL);
    }
    return (struct suit *)worn;
}

static struct og_parcel body_of(const struct og_responses *r, const struct og_head *head, const struct og_reply *reply)
{
    if (reply->made || reply->misnamed) {
        struct og_span body = og_reply_body(reply);
        struct og_buf *buf = og_buf_ref(reply->buf);
        return (struct og_parcel){make(r, reply, OG_CODING_IDENTITY, body, release, buf), body.size, true};
    }
    struct suit *suit = suit_of(r, reply);
    if (!suit)
        return (struct og_parcel){0};
    bool gzip = head->takes_gzip && suit->response[OG_CODING_GZIP];
    enum og_coding coding = gzip ? OG_CODING_GZIP : OG_CODING_IDENTITY;
    return (struct og_parcel){suit->response[coding], suit->size[coding], false};
}

static struct og_parcel unchanged(const struct og_responses *r, const struct og_head *head,
                                  const struct og_reply *reply)
{
    bool gzip = head->takes_gzip && og_route_is_packed(reply->route);
    enum og_coding coding = gzip ? OG_CODING_GZIP : OG_CODING_IDENTITY;
    return (struct og_parcel){make(r, reply, coding, og_reply_body(reply), keep, NULL), 0, true};
}

/* All tiles' 304s differ in the tag alone. */
static struct og_parcel unchanged_tile(const struct og_responses *r, const struct og_reply *reply,
                                       struct og_unchanged *kept)
{
    char tag[OG_TAG_TEXT];
    og_tag_print(reply->validators.tag, OG_CODING_IDENTITY, tag);
    if (!kept->response)
        kept->response = make(r, reply, OG_CODING_IDENTITY, og_reply_body(reply), keep, NULL);
    else if (!r->maker->retag(kept->response, kept->tag, tag))
        og_responses_forget(r, kept);
    memcpy(kept->tag, tag, sizeof tag);
    return (struct og_parcel){kept->response, 0, false};
}

struct og_parcel og_responses_find(const struct og_responses *r, const struct og_head *head,
                                   const struct og_reply *reply, struct og_unchanged *kept)
{
    enum audience audience = og_route_is_public(reply->route) ? EVERYBODY : OURS;
    switch (reply->kind) {
    case OG_REPLY_STATUS:
        return (struct og_parcel){r->status[audience][reply->status], og_reply_body(reply).size, false};
    case OG_REPLY_OPTIONS:
        return (struct og_parcel){r->options[audience], 0, false};
    case OG_REPLY_ELSEWHERE:
        return (struct og_parcel){r->elsewhere, 0, false};
    case OG_REPLY_UNCHANGED:
        return og_route_is_tile(reply->route) && reply->validators.tag && !reply->misnamed
                   ? unchanged_tile(r, reply, kept)
                   : unchanged(r, head, reply);
    case OG_REPLY_BODY:
        break;
    }
    return body_of(r, head, reply);
}

void og_responses_forget(const struct og_responses *r, struct og_unchanged *kept)
{
    if (kept->response)
        r->maker->end(kept->response);
    kept->response = NULL;
}

static bool prepare(const struct og_responses *r, struct og_reply reply, struct MHD_Response **out)
{
    *out = make(r, &reply, OG_CODING_IDENTITY, og_reply_body(&reply), keep, NULL);
    return *out;
}

static bool prepare_all(struct og_responses *r)
{
    static const enum og_route_kind like[AUDIENCES] = {[OURS] = OG_ROUTE_NONE, [EVERYBODY] = OG_ROUTE_TILE};
    bool made = prepare(r, (struct og_reply){.kind = OG_REPLY_ELSEWHERE}, &r->elsewhere);
    for (int audience = 0; audience < AUDIENCES; audience++) {
        enum og_route_kind route = like[audience];
        struct og_reply options = {.kind = OG_REPLY_OPTIONS, .route = route};
        made = prepare(r, options, &r->options[audience]) && made;
        for (int status = 0; status < OG_STATUS_COUNT; status++)
            made = prepare(r, og_reply_status(route, (enum og_status)status), &r->status[audience][status]) && made;
    }
    return made;
}

enum og_status og_responses_new(const struct og_response_maker *maker, const struct og_manners *manners,
                                struct og_responses **out, struct og_error *err)
{
    struct og_responses *r = calloc(1, sizeof *r);
    *out = r;
    if (!r)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the HTTP server's answers");
    r->maker = maker;
    r->manners = manners;
    if (prepare_all(r))
        return OG_OK;
    og_responses_destroy(out);
    return og_error_set(err, OG_NO_MEMORY, "no memory for the HTTP server's answers");
}

static void end(const struct og_responses *r, struct MHD_Response *response)
{
    if (response)
        r->maker->end(response);
}

void og_responses_destroy(struct og_responses **responses)
{
    struct og_responses *r = *responses;
    *responses = NULL;
    if (!r)
        return;
    end(r, r->elsewhere);
    for (int audience = 0; audience < AUDIENCES; audience++) {
        end(r, r->options[audience]);
        for (int status = 0; status < OG_STATUS_COUNT; status++)
            end(r, r->status[audience][status]);
    }
    free(r);
}
