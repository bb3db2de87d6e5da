/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_PICTURE_H
#define OG_BENCH_PICTURE_H
/*
 * A picture in memory with the levels that a slide stores of it, each the 2 x 2 means of the planes of the one before:
 * what every codec is given, and what it is measured against.
 *
 * Threads:   made by one; any may read it.
 * Ownership: new takes the source and returns owned; planes and pixels are borrowed from the picture.
 * Errors:    a picture that cannot be read ends the bench with the reason.
 */
#include "slide/pyramid.h"
#include "tool/source.h"
#include "tool/tally.h"

enum { PICTURE_LEVELS = 32 };

struct picture {
    char name[32];
    struct og_source *source; /* the same pixels, for the encoder */
    struct og_pyramid pyramid;
    unsigned levels; /* depth 0, 1 … to the first that fits into one tile; at least three */
    struct og_plane planes[PICTURE_LEVELS][3];
    uint8_t *rgb[PICTURE_LEVELS]; /* the source's at depth 0, made of the planes elsewhere */
};

struct picture *picture_new(const char *name, struct og_source *source);
void picture_free(struct picture **picture);

uint64_t picture_tiles(const struct picture *picture); /* of all levels */

/* What lies in a tile. */
struct og_tally_source picture_tile(const struct picture *picture, unsigned depth, uint32_t x, uint32_t y);

/* Copies a plane of at most a tile's size into a room of side x side samples, and repeats its edge there. */
struct og_plane picture_pad(const struct og_plane *from, uint8_t *room, int side);

#endif
