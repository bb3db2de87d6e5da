/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_WORKPLACE_H
#define OG_ENGINE_WORKPLACE_H
/*
 * og_workplace: the memory that one family needs while it is under work: what was read, and the planes. There is a
 * fixed number of them, and none ever changes its size; a family that has none waits in the front ring.
 *
 * Threads:   belongs to one job at a time. Ownership: new returns owned. Errors: NULL when memory is out.
 */
#include "image/family.h"
#include "slide/slide.h"

#define OG_WORKPLACE_BYTES (OG_SLIDE_BUFFER_BYTES + ((size_t)2 << 20)) /* planes and buffer */

struct og_workplace {
    struct og_family *family;
    struct og_stored_family stored; /* spans into buffer and into the slide */
    uint8_t *buffer;                /* OG_SLIDE_BUFFER_BYTES, touched only as far as families are long */
};

struct og_workplace *og_workplace_new(bool huge_pages);
void og_workplace_destroy(struct og_workplace **place);

#endif
