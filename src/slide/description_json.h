/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_DESCRIPTION_JSON_H
#define OG_SLIDE_DESCRIPTION_JSON_H
/*
 * The description as a JSON value: what og_description_print prints and the documents of a slide are made of.
 *
 * Threads:   pure functions.
 * Ownership: values are returned owned; og_json_put takes its value, whatever becomes of it.
 * Errors:    NULL when memory is out. A failed og_json_put releases the object and leaves NULL in its place, so that
 *            a row of puts is checked once, at its end.
 */
#include <jansson.h>

#include "slide/description.h"

#define OG_JSON_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(8))

void og_json_put(json_t **object, const char *key, json_t *value);

extern const char *const og_description_predicted[OG_PREDICTED]; /* members of "taps" */

json_t *og_json_count(uint64_t value);

json_t *og_description_json(const struct og_description *description);

#endif
