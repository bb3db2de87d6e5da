/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SCRAPES_H
#define OG_HTTP_SCRAPES_H
/*
 * og_scrapes: answers to /metrics are rendered anew for each request, so clients that ask and do not read could hold as
 * much memory as they like. At most OG_SCRAPES_MAX of them are out at once.
 *
 * Threads:   any; `out` is one number, which publishes nothing.
 * Ownership: copy returns an owned buffer, whose last release is counted in `out`: the number outlives it.
 * Errors:    copy returns NULL when too many are out or memory is.
 */
#include <stdatomic.h>

#include "base/buf.h"

enum { OG_SCRAPES_MAX = 16 };

struct og_buf *og_scrapes_copy(atomic_uint *out, const void *text, size_t size);

#endif
