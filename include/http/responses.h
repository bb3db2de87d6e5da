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
 *     304                           its own: nobody looked for a buffer
 *
 * The HTTP library is behind two functions, so that this can be tested without sockets. Its responses count who still
 * sends them: `end` gives up the maker's share, and `let_go` runs when the last share ends.
 *
 * Threads:   find from any thread; new and destroy from one. Two threads may dress a buffer at once; one suit is worn.
 * Ownership: a suit borrows its buffer's bytes without owning a reference. The buffer's last unref ends the suit's
 *            responses; when the last of those that are still being sent lets go, the buffer's memory goes home. A
 *            parcel's response is the caller's to end if it is its own.
 * Errors:    new says in `err` that memory is out; a parcel without a response says so too.
 */
#include "http/site.h"

struct MHD_Response;

struct og_response_maker {
    /* Takes `owner`: let_go gets it in any case, at once when memory is out and this returns NULL. */
    struct MHD_Response *(*make)(const struct og_headers *headers, struct og_span body, void (*let_go)(void *owner),
                                 void *owner);
    void (*end)(struct MHD_Response *response);
};

struct og_responses;

struct og_parcel {
    struct MHD_Response *response;
    size_t size; /* of its body */
    bool own;
};

/* `maker` outlives every buffer that is answered. */
OG_CHECKED enum og_status og_responses_new(const struct og_response_maker *maker, const struct og_manners *manners,
                                           struct og_responses **out, struct og_error *err);
struct og_parcel og_responses_find(const struct og_responses *responses, const struct og_head *head,
                                   const struct og_reply *reply);
void og_responses_destroy(struct og_responses **responses);

#endif
