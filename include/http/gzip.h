/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_GZIP_H
#define OG_HTTP_GZIP_H
/*
 * og_gzip: a text in the content coding "gzip" (RFC 1952). Equal texts give equal bytes.
 *
 * Threads: a pure function. Ownership: returns owned. Errors: NULL when memory is out.
 */
#include "base/buf.h"
#include "base/span.h"

struct og_buf *og_gzip(struct og_span text);

#endif
