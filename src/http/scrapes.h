/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SCRAPES_H
#define OG_HTTP_SCRAPES_H
/*
 * og_scrapes: answers to /metrics are rendered anew, so clients that ask and do not read could hold as much memory as
 * they like. At most OG_SCRAPES_MAX of them are out at once, and nobody is refused for that:
 *
 *     fewer than half are out     each request has an answer of its own
 *     half of them, or more       the newest answer is shared until it is eight seconds old, then a newer one is made
 *     all                         the newest answer is shared until one comes back
 *
 * Threads:   find from any thread, which renders outside of the mutex; new and destroy from one.
 * Ownership: new returns owned; an answer is an owned reference, and all came back before destroy.
 * Errors:    new returns NULL when memory is out; find does when memory is, or when nothing is rendered yet to share.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"

enum { OG_SCRAPES_MAX = 16 };

struct og_scrapes;

struct og_scrapes *og_scrapes_new(og_clock *clock);
void og_scrapes_destroy(struct og_scrapes **scrapes);

struct og_buf *og_scrapes_find(struct og_scrapes *scrapes, void (*render)(void *context, FILE *out), void *context);

#endif
