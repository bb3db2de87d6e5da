/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_ROFF_H
#define OG_BASE_ROFF_H
/*
 * og_roff: plain text inside a manual page, so that every letter of it is printed and none of it is a request.
 *
 * Threads: pure. Ownership: none. Errors: none of its own; the stream keeps its own.
 */
#include <stdio.h>

void og_roff_text(const char *text, FILE *out); /* UTF-8; its line ends remain, blanks at the start of lines too */

#endif
