/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_VIEWING_H
#define OG_BENCH_VIEWING_H
/*
 * Viewers' views on an engine in this process, open loop, with a disk tier between the cache and the engine or without.
 * A view is what one step of the stream asks for at one moment; it is complete when its last tile is there.
 *
 *     cache of the engine ── miss ──► disk tier: a thread of a small crew reads, checks and caches the tile
 *                                         │ not there, or no tier
 *                                     engine, which rebuilds it
 *
 * Threads:   run belongs to one thread, which asks; the crew and the engine's workers answer.
 * Ownership: borrows everything.
 * Errors:    tiles that were not answered well are counted in `failed`.
 */
#include <stdbool.h>

#include "disk_tier.h"
#include "engine/engine.h"
#include "slides.h"
#include "stream.h"

struct viewing_plan {
    struct stream *stream;
    const char *slide;
    struct disk_tier *tier; /* NULL: none */
    bool write_asked_for;   /* what is delivered goes into the tier, unless it is there */
    double rate;            /* tiles per second */
    unsigned tiles;         /* to be asked for */
};

struct viewing_result {
    double tile_p50, tile_p95, tile_p99, view_p50, view_p95, view_p99; /* milliseconds */
    double tiles, failed, bytes;                                       /* delivered */
    double from_memory, from_tier, tier_bytes;                         /* of them; bytes that the tier served */
    double cpu;                                                        /* seconds, the asking thread's own left out */
};

struct viewing_result viewing_run(struct slides *slides, struct og_engine *engine, const struct viewing_plan *plan);

#endif
