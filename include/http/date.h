/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_DATE_H
#define OG_HTTP_DATE_H
/*
 * og_date: times as HTTP writes them: "Sun, 06 Nov 1994 08:49:37 GMT". The two older ways are read too, as RFC 9110
 * demands; two digits of a year mean 1970 to 2069. The day's name is not compared with the date.
 *
 * Threads: pure functions. Ownership: none. Errors: false for what is no such time, and *out is untouched.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OG_DATE_TEXT 30

/* Seconds since 1970, in the years 1970 to 9999; what lies outside becomes the nearest of them. */
void og_date_print(int64_t seconds, char out[OG_DATE_TEXT]);
bool og_date_parse(const char *text, size_t length, int64_t *out);

#endif
