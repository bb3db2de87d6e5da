/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_PARSE_H
#define OG_BASE_PARSE_H
/*
 * Strict readers of the few values that come as text: decimal numbers, with and without a fraction, byte sizes and
 * slide ids.
 *
 * Threads:   pure functions. Ownership: borrow the text. Errors: false, and *out is untouched.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits only, no sign, no leading zero but "0" itself, at most `max`. */
bool og_parse_decimal(const char *text, size_t length, uint64_t max, uint64_t *out);

/* Decimal with an optional K, M or G (powers of 1024): "256M". */
bool og_parse_size(const char *text, uint64_t *out);

#define OG_SLIDE_ID_MAX 128

/* Digits, with or without a point and at most six digits behind it: "36", "0.95". No sign, no exponent; at most `max`.
 */
bool og_parse_fixed(const char *text, double max, double *out);

/* A slide's id: 1 to OG_SLIDE_ID_MAX of [A-Za-z0-9._-], not starting with a dot. */
bool og_parse_slide_id(const char *text, size_t length);

#endif
