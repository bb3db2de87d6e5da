/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_WORDS_H
#define OG_TOOL_WORDS_H
/*
 * Numbers as people read them, and text as JSON carries it.
 *
 * Threads: pure functions. Ownership: the caller's room. Errors: none; what does not fit is cut.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void og_words_count(uint64_t n, char *room, size_t size);          /* "12,345,678" */
void og_words_bytes(uint64_t bytes, char *room, size_t size);      /* "1.2 GB": powers of 1000 */
void og_words_duration(double seconds, char *room, size_t size);   /* "1:02:03", "4:05", "0:07" */
void og_words_length(double micrometres, char *room, size_t size); /* "12.3 mm", "450 µm" */

void og_json_quote(const char *text, FILE *out); /* with the quotation marks; bytes that are no UTF-8 become U+FFFD */

#endif
