/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_HEAD_H
#define OG_HTTP_HEAD_H
/*
 * og_head: what an answer depends on in a request's head. Each header is shown to it once; what matters is kept.
 *
 * A request has no body here. One that announces a body in a plain way is refused as too large; one whose end somebody
 * between the client and us may find elsewhere than we do is malformed: several lengths, a length and a coding, a
 * number that is none, a coding other than "chunked", a blank in a name, no name. So is one with two Hosts, or none
 * where one is needed, or one that is no name or address with a port (RFC 9112 3.2, by its characters), or with a blank
 * or a carriage return in its target.
 *
 * Threads:   a value of one thread.
 * Ownership: values point into the request and live as long.
 * Errors:    from judge: OG_METHOD, OG_INVALID and OG_TOO_LARGE.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

enum og_method { OG_METHOD_GET, OG_METHOD_HEAD, OG_METHOD_OPTIONS, OG_METHOD_OTHER };

/* The value of a header; `at` is NULL when there is none. Of a header that may not come twice, the first counts. */
struct og_words {
    const char *at;
    size_t length;
};

struct og_head {
    enum og_method method;
    bool takes_gzip;
    struct og_words if_none_match, if_modified_since;
    struct og_words generation;                           /* the query's "v"; empty when there are two */
    struct og_words forwarded, forwarded_for, request_id; /* the last: what the nearest proxy wrote */
    unsigned lengths, codings;                            /* headers that announce a body … */
    bool has_body, has_host, is_odd;                      /* … and what they say */
    bool needs_host;                                      /* since HTTP/1.1 */
};

enum og_method og_method_parse(const char *text);
void og_head_note(struct og_head *head, const char *name, size_t name_length, const char *value, size_t value_length);
void og_head_note_target(struct og_head *head, const char *target); /* the path and its query, as they came */
OG_CHECKED enum og_status og_head_judge(const struct og_head *head);

/*
 * Whether a list of content codings takes gzip: not with weight 0 or less than identity's, where it says that, nor when
 * it cannot be read. "*" stands for codings that are not named.
 */
bool og_head_takes_gzip(struct og_words accept_encoding);

#endif
