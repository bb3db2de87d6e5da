/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_DESK_H
#define OG_BENCH_DESK_H
/*
 * A slide, and on the desk one family of it, read and rebuilt: what the bare codec calls of floor.h start from.
 *
 * Threads:   one desk per thread.
 * Ownership: open fills the caller's struct and takes a reference to the slide; close gives everything back.
 * Errors:    a family that cannot be read or rebuilt ends the bench with the reason.
 */
#include "floor.h"
#include "slide/catalogue.h"

struct desk {
    struct og_slide *slide;
    struct og_reader *reader;
    struct og_extent grid; /* of families */
    struct og_family *family;
    struct og_jpeg_decoder *decoder;
    struct floor *floor;
    uint8_t *buffer;
    struct og_stored_family stored; /* of the family that was put last */
};

void desk_open(struct desk *desk, const struct og_catalogue *catalogue, const char *id, int quality);
void desk_put(struct desk *desk, uint32_t x, uint32_t y);
void desk_close(struct desk *desk);

#endif
