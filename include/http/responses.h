/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_RESPONSES_H
#define OG_HTTP_RESPONSES_H
/*
 * og_responses: from a reply to a complete response, head and all. Nothing is built for an answer that was given
 * before:
 *
 *     texts of a status, 204, 308   made at the start, one for each kind of route
 *     a body                        made with the buffer's first answer; the buffer wears it (base/buf.h), and all
 *                                   later answers, HEAD among them, share it; texts in gzip as well
 *     a body made for this request  its own: it tells what the body cost
 *     a body at another's address   its own: it may not be kept there
 *     304 for a tile                made with a connection's first one; the connection keeps it, and it is told each
 *                                   time which tile it is about: nobody looked for a buffer that could wear it
 *     any other 304                 its own, that for a tile at another's address among them
 *
 * The HTTP library is behind two functions, so that this can be tested without sockets. Its responses count who still
 * sends them: `end` gives up the maker's share, and `let_go` runs when the last share ends.
 *
 * Threads:   find from any thread; new and destroy from one. Two threads may dress a buffer at once; one suit is worn.
 *            A connection's 304 is used by one request at a time: find changes it only when the one before is over.
 * Ownership: a suit borrows its buffer's bytes without owning a reference. The buffer's last unref ends the suit's
 *            responses; when the last of those that are still being sent lets go, the buffer's memory goes home. A
 *            parcel's response is the caller's to end if it is its own. A connection that goes forgets its 304.
 * Errors:    new says in `err` that memory is out; a parcel without a response says so too.
 */
#include "http/site.h"

struct MHD_Response;

struct og_response_maker {
    /* Takes `owner`: let_go gets it in any case, at once when memory is out and this returns NULL. */
    struct MHD_Response *(*make)(const struct og_headers *headers, struct og_span body, void (*let_go)(void *owner),
                                 void *owner);
    /* Another ETag in place of `from`. false, when memory is out, leaves none. */
    bool (*retag)(struct MHD_Response *response, const char *from, const char *to);
    void (*end)(struct MHD_Response *response);
};

struct og_responses;

struct og_parcel {
    struct MHD_Response *response;
    size_t size; /* of its body */
    bool own;
};

/* A connection's 304 for tiles; zeroed: there was none yet. */
struct og_unchanged {
    struct MHD_Response *response;
    char tag[OG_TAG_TEXT];
};

/* `maker` outlives every buffer that is answered. */
OG_CHECKED enum og_status og_responses_new(const struct og_response_maker *maker, const struct og_manners *manners,
                                           struct og_responses **out, struct og_error *err);
struct og_parcel og_responses_find(const struct og_responses *responses, const struct og_head *head,
                                   const struct og_reply *reply, struct og_unchanged *unchanged);
void og_responses_forget(const struct og_responses *responses, struct og_unchanged *unchanged);
void og_responses_destroy(struct og_responses **responses);

#endif
