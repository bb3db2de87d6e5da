/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SOURCE_H
#define OG_TOOL_SOURCE_H
/*
 * og_source: a picture of any size that gives any rectangle of its pixels as 8-bit sRGB. What encode reads from.
 *
 * Threads:   open and close are single-threaded; readers are made, used and destroyed by one thread each, at once.
 * Ownership: open returns owned; a reader borrows the source.
 * Errors:    every message names the file, or what stands for it, and the place.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "image/plane.h"

struct og_source_facts {
    uint32_t width, height;
    double mpp_x, mpp_y;  /* 0: unknown */
    double magnification; /* 0: unknown */
    char vendor[64];      /* empty: unknown */
    char icc[16];         /* "srgb", "converted" or "none" */
    char name[256];       /* without folders */
    char *file;           /* what the digest is made of; NULL: the pixels come from no file */
    char warning[200];    /* what the user should know about the colours; mostly empty */
};

/* Implemented once per kind of source. `state` and `reader` are its own; without reader_new and reader_destroy the
 * state is every thread's reader, and close may be missing. */
struct og_source_kind {
    enum og_status (*reader_new)(void *state, void **reader, struct og_error *err);
    enum og_status (*read)(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride, struct og_error *err);
    void (*reader_destroy)(void *reader);
    void (*close)(void *state);
};

struct og_source {
    struct og_source_facts facts;
    const struct og_source_kind *kind;
    void *state;
};

/* A reader belongs to one thread. */
OG_CHECKED enum og_status og_source_reader_new(const struct og_source *source, void **reader, struct og_error *err);
void og_source_reader_destroy(const struct og_source *source, void *reader);

/*
 * Anything that libvips or OpenSlide reads; it is turned upright as its orientation says, ICC profiles are applied,
 * transparency is laid on the background.
 */
OG_CHECKED enum og_status og_source_open_file(const char *path, struct og_source **out, struct og_error *err);

struct og_tissue;
OG_CHECKED enum og_status og_source_open_tissue(const struct og_tissue *tissue, struct og_source **out,
                                                struct og_error *err);

void og_source_close(struct og_source **source);

#endif
