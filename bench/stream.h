/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_STREAM_H
#define OG_BENCH_STREAM_H
/*
 * What people ask for: endless streams of tile names, the same for the same seed.
 *
 *     STREAM_COLD     tiles of L0 and L1 at random, each as likely as any other: a slide larger than the cache
 *                     stays cold
 *     STREAM_VIEWER   eight people, each with a window of 5 x 4 tiles, take turns: a step pans by one tile, or now
 *                     and then zooms between L0 and L1, and asks for the tiles that came into the window
 *
 * This is load at whatever pace a bench sets, where each tile costs the work of a family and nobody keeps any; the
 * viewers of paths.h live by the clock and keep tiles as browsers do, so that one slide at full speed runs them dry.
 *
 * Threads:   a value; one thread at a time.
 * Ownership: none.
 * Errors:    none.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slide/pyramid.h"

enum stream_kind { STREAM_COLD, STREAM_VIEWER };
enum { STREAM_VIEWERS = 8, WINDOW_WIDTH = 5, WINDOW_HEIGHT = 4 };

struct stream_tile {
    uint32_t level, x, y;
    bool first; /* of a step: what follows until the next first one is asked for at the same moment */
};

struct viewer {
    uint32_t depth;
    int x, y;   /* of the window, in tiles */
    int dx, dy; /* where it pans */
};

struct stream {
    enum stream_kind kind;
    struct og_pyramid pyramid;
    uint64_t state;
    unsigned turn; /* whose step is next */
    struct viewer viewer[STREAM_VIEWERS];
    struct stream_tile step[WINDOW_WIDTH * WINDOW_HEIGHT];
    unsigned next, count; /* within the step */
};

void stream_open(struct stream *stream, enum stream_kind kind, const struct og_pyramid *pyramid, uint64_t seed);
struct stream_tile stream_next(struct stream *stream);

#endif
