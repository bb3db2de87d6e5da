/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_SPAN_H
#define OG_BASE_SPAN_H
/*
 * og_span: borrowed bytes, a value. An empty span means "absent".
 *
 * Threads:   a value. Ownership: borrows; whoever hands it out says for how long. Errors: none.
 */
#include <stddef.h>
#include <stdint.h>

struct og_span {
    const uint8_t *data;
    size_t size;
};

#endif
