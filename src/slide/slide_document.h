/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_SLIDE_DOCUMENT_H
#define OG_SLIDE_SLIDE_DOCUMENT_H
/*
 * What the world is told about slides: the JSON of one, the JSON list of all, the Deep Zoom XML of one.
 *
 * Threads: pure functions. Ownership: return owned buffers, borrow the rest. Errors: NULL when memory is out.
 */
#include <stddef.h>

#include "base/buf.h"
#include "slide/slide.h"

struct og_buf *og_slide_document(const struct og_slide_facts *facts);

/* {"slides":[…]}, each as in its own document but for "source" and "encoder". */
struct og_buf *og_slide_document_list(const struct og_slide_facts *const *slides, size_t count);

struct og_buf *og_slide_document_dzi(const struct og_slide_facts *facts);

#endif
