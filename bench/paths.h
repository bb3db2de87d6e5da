/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_PATHS_H
#define OG_BENCH_PATHS_H
/*
 * How people look at slides: for each of several viewers an endless sequence of fields of view, the same for the same
 * seed. A field is a moment, a level and a rectangle of tiles: those that a window of 1536 x 864 pixels touches.
 *
 *     open    a slide, by Zipf's law over the slides: its thumbnail and, at the same moment, the whole slide in the
 *             window; then a look of 1 … 3 s
 *     visit   one of the slide's 24 places of interest, by Zipf's law with exponent 1, the same places for all viewers,
 *             each viewer somewhat beside it (up to 384 pixels): zoom in by steps of two, 0.25 … 0.6 s apart, to full
 *             size (55 in 100), half (30) or a quarter of it (15)
 *     pan     2 … 7 strokes: a drag of 0.3 … 0.8 s at 500 … 2500 pixels a second in a direction that turns by at most a
 *             quarter circle from stroke to stroke, then the way that inertia carries on, its speed falling to 1/e in
 *             0.3 s; a field each 0.1 s when other tiles came into the window
 *     dwell   after a stroke, a pause with the mean of 1.2 s, at least 0.3 s
 *     leave   zoom out by two steps, and on to the next place; after 3 … 6 places the overview, and another slide
 *
 * Moments do not depend on any server: the next field begins when the person moves on. Viewers arrive one after the
 * other within the first seconds. A viewer's program keeps the last PATHS_KEPT tiles that it asked for (OpenSeadragon's
 * own default), and asks for the rest of a field, nearest to the middle first.
 *
 * Threads:   a value; one thread at a time. Nothing here knows a clock, a file or a server.
 * Ownership: open fills the caller's struct and borrows the pyramids; close frees the viewers.
 * Errors:    none; open ends the program when memory is out.
 */
#include <stdbool.h>
#include <stddef.h>

#include "slide/pyramid.h"

enum {
    PATHS_WINDOW_WIDTH = 1536,
    PATHS_WINDOW_HEIGHT = 864,
    PATHS_FIELD_TILES = 64, /* no field has more */
    PATHS_KEPT = 200,
};

struct path_tile {
    uint32_t slide, level, x, y; /* slide: the index of its pyramid */
};

struct path_field {
    double due; /* seconds since the start */
    unsigned viewer;
    bool thumbnail; /* one small tile, which nobody waits for */
    uint32_t slide, level, x, y, width, height;
};

struct paths_plan {
    const struct og_pyramid *pyramids;
    unsigned slides, viewers;
    double arrivals; /* seconds within which all viewers come */
    uint64_t seed;
};

struct path_viewer;

struct paths {
    struct paths_plan plan;
    struct path_viewer *viewers;
};

void paths_open(struct paths *paths, const struct paths_plan *plan);

/* The earliest field of all viewers that was not given yet. */
struct path_field paths_next(struct paths *paths);

/* What the viewer does not have of its field, into `out`; it has it from now on. Fields in the order of paths_next. */
size_t paths_wanted(struct paths *paths, const struct path_field *field, struct path_tile out[PATHS_FIELD_TILES]);

void paths_close(struct paths *paths);

#endif
