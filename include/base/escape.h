/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_ESCAPE_H
#define OG_BASE_ESCAPE_H
/*
 * og_escape: bytes from outside made fit for a line of a log.
 *
 *     json  what stands between the quotation marks of a JSON string: control bytes as \u00XX, bytes that are no UTF-8
 *           as \ufffd, one for each
 *     word  one word of a text line: everything but printable ASCII, and blank, quotation mark and backslash, as \xXX
 *
 * Threads:   pure functions. Ownership: the caller's room.
 * Errors:    none: what does not fit is left out, never half of an escape. The room is always terminated.
 */
#include <stddef.h>

#define OG_ESCAPE_GROWTH 6 /* a byte becomes at most so many */

/* Each returns the length of what it wrote; `room` is at least 1. */
size_t og_escape_json(char *out, size_t room, const char *text, size_t length);
size_t og_escape_word(char *out, size_t room, const char *text, size_t length);

#endif
