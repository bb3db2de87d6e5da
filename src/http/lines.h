/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_LINES_H
#define OG_HTTP_LINES_H
/*
 * og_lines: whether the target and the headers that libmicrohttpd tells are, one behind the other, the lines that came.
 *
 * It tells a header as two C strings that lie where they were received, with its NULs in place of blank, colon and line
 * end. What follows a NUL of the client's is told nobody; the name of a folded header (RFC 9112 5.2) was copied
 * elsewhere and has the value's second line glued to it. Both leave a gap between what is told and what came. A lone
 * carriage return is told, but ends a line for some.
 *
 * Threads: a value of one thread. Ownership: none; compares addresses within the request. Errors: none.
 */
#include <stdbool.h>
#include <stddef.h>

/* A connection's memory for a request's head, what libmicrohttpd notes of it, and the head of the answer. */
#define OG_REQUEST_BYTES ((size_t)12 << 10)

struct og_lines {
    const char *end; /* of what was told */
    size_t headers;
    bool torn;
};

struct og_lines og_lines_begin(const char *target);               /* while it is in one piece, its query with it */
void og_lines_go_on(struct og_lines *lines, const char *version); /* the request line's last word */
void og_lines_note(struct og_lines *lines, const char *name, size_t name_length, const char *value,
                   size_t value_length);
bool og_lines_are_whole(const struct og_lines *lines, const char *end);    /* of the head, behind its empty line */
bool og_lines_leave_room(const struct og_lines *lines, size_t head_bytes); /* for the head of an answer */

#endif
