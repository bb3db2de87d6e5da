/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_SLIDE_FORMAT_H
#define OG_SLIDE_SLIDE_FORMAT_H
/*
 * A slide format is one const struct of functions in a file of its own, listed in slide_format.c. `state` is the
 * format's own.
 *
 * Threads:   open and close are single-threaded; reads run in any number of threads at once, each with its own reader.
 * Ownership: open sets *state (owned by the slide, ended by close) and fills the facts but for id and format.
 * Errors:    as slide.h promises, but without the slide's name, which slide.c puts before; a failed open leaves nothing
 *            behind. Reads are asked for tiles and families inside the slide only: slide.c checks depth and grid.
 */
#include "slide/slide.h"

struct og_slide_format {
    const char *name;
    const char *suffix;       /* of the file's name: ".tif"; "" for a folder */
    const char *holds;        /* for a folder: the file in it that makes it a slide; else NULL */
    const char *const *parts; /* what else is opened, each behind the slide's id: "_files"; NULL ends the list */
    enum og_status (*open)(int directory, const char *name, struct og_slide_facts *facts, void **state,
                           struct og_error *err);
    enum og_status (*read_stored)(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y,
                                  uint8_t *buffer, struct og_stored_tile *out, struct og_error *err);
    /* These may be NULL; families are read of slides whose facts say residual. */
    bool (*prefetch_stored)(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y);
    enum og_status (*read_family)(void *state, struct og_reader *reader, uint32_t fx, uint32_t fy, uint8_t *buffer,
                                  struct og_stored_family *out, struct og_error *err);
    bool (*prefetch_family)(void *state, struct og_reader *reader, uint32_t fx, uint32_t fy);
    enum og_status (*survey)(void *state, struct og_reader *reader, struct og_survey *out, struct og_error *err);
    void (*close)(void *state);
};

extern const struct og_slide_format og_residual_format; /* residual_slide.c: one BigTIFF per slide */
extern const struct og_slide_format og_deepzoom_format; /* deepzoom_slide.c: a .dzi and its folder of JPEG tiles */
extern const struct og_slide_format og_rrip_format;     /* rrip_slide.c: a folder of the published residual layout */

#define OG_RRIP_DZI "baseline_pyramid.dzi"

#define OG_SLIDE_FORMATS 3

/* Formats are rows of one table; both take a row. The parts may be none, never NULL. */
const struct og_slide_format *og_slide_format_at(unsigned format);
const char *const *og_slide_format_parts(unsigned format);

/* What it was opened as: og_slide_identity.here, taken before the first byte was read, and the same afterwards. */
uint64_t og_slide_opened_as(const struct og_slide *slide);

/* Which format the file or folder of this name is: its row, or OG_SLIDE_FORMATS for none. */
unsigned og_slide_format_of(int directory, const char *name, size_t *id_length);

#endif
