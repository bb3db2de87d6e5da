/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_ENGINE_H
#define OG_ENGINE_ENGINE_H
/*
 * og_engine: from the name of a tile to its bytes. It owns the cache, the workers, the rings between the stages and the
 * table of jobs in flight.
 *
 *     tile name ── og_engine_find ──► hit: the bytes, at once
 *                        │ miss
 *                  og_engine_submit ──► the waiter's `done` is called exactly once, from a worker or before it returns,
 *                                       unless og_engine_withdraw took the waiter back
 *
 * Threads:   any thread, each with a metrics block of its own, which is also its seat in the library; new, drain and
 * destroy from one. Ownership: find returns an owned buffer; `done` is handed an owned buffer. A waiter is the caller's
 * memory and must live until its `done` ran. The engine borrows the library, the log and the metrics: they outlive it.
 * Errors:    og_status all the way: OG_NOT_FOUND for what does not exist, OG_BUSY when no job is free, OG_DAMAGED for
 *            a tile that cannot be rebuilt exactly, which harms nobody but those who wait for that tile.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/key.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/reader_kind.h"
#include "base/status.h"
#include "base/thread.h"

struct og_library;
struct og_slide;
struct og_engine;

struct og_engine_options {
    unsigned workers;   /* threads that decode, rebuild and encode; 0: one per core */
    unsigned families;  /* families under work at once (≈ 6 MB each); 0: two per worker and two more */
    unsigned jobs;      /* requests under work or waiting for it, joined ones not counted; 0: 1024 */
    size_t cache_bytes; /* bound of the tile cache; 0: no cache */
    int quality;        /* of rebuilt tiles, 1 … 100; 0: 90 */
    og_clock *clock;    /* NULL: monotonic */
    bool huge_pages;    /* for the planes of families */
    struct og_thread_options threads;
    enum og_reader_kind reader; /* how workers read slides; pread, with a line in the log, where it does not work */
};

OG_CHECKED enum og_status og_engine_new(const struct og_engine_options *options, const struct og_library *library,
                                        struct og_log *log, struct og_metrics *metrics, struct og_engine **out,
                                        struct og_error *err);

/* Which of the slides that have had an id this one is. */
struct og_edition {
    uint64_t generation;
    int64_t modified_s; /* when the slide was written, since 1970; 0: too recently to tell it from another */
};

/*
 * A tile by name. `slide` is an owned reference that og_tile_name_release gives back. `content` stands for the tile's
 * bytes, which nobody has read yet: equal for equal bytes, on every machine, as long as the same build makes them.
 */
struct og_tile_name {
    struct og_slide *slide;
    uint32_t level, x, y;
    struct og_key key;
    uint64_t content;
    struct og_edition edition;
};

/* Finds the slide and checks level, x and y against its grid: OG_NOT_FOUND leaves `out` empty. */
OG_CHECKED enum og_status og_engine_name(const struct og_engine *engine, const char *id, size_t id_length,
                                         uint64_t level, uint64_t x, uint64_t y, struct og_tile_name *out,
                                         const struct og_metrics_block *metrics);
/* The name of the slide's thumbnail: the tile of the largest level that is a single tile. */
OG_CHECKED enum og_status og_engine_thumbnail(const struct og_engine *engine, const char *id, size_t id_length,
                                              struct og_tile_name *out, const struct og_metrics_block *metrics);
void og_tile_name_release(struct og_tile_name *name);

struct og_buf *og_engine_find(struct og_engine *engine, const struct og_tile_name *name,
                              struct og_metrics_block *metrics);

/* What the stages spent on one tile. What is cut off a whole tile in no time is 0. */
struct og_spent {
    uint64_t queue_ns, read_ns, decode_ns, residual_ns, encode_ns;
};

struct og_waiter {
    void (*done)(struct og_waiter *waiter, enum og_status status, struct og_buf *buf); /* buf: owned; NULL on failure */
    struct og_waiter *next;                                                            /* the engine's while it waits */
    uint64_t since_ns;                                                                 /* the engine's */
    struct og_key job;                                                                 /* the engine's */
    unsigned slot;                                                                     /* the engine's */
    struct og_spent spent; /* on the tile, by the time of `done`; zeros when it was in the cache after all */
};

void og_engine_submit(struct og_engine *engine, const struct og_tile_name *name, struct og_waiter *waiter,
                      struct og_metrics_block *metrics);

/*
 * The one who waits has left: true takes the demand back, and `done` will never be called; false says that the answer
 * is under way or was given. Work that nobody else waits for becomes speculative; a job that has not begun is dropped.
 */
bool og_engine_withdraw(struct og_engine *engine, struct og_waiter *waiter, struct og_metrics_block *metrics);

/*
 * Documents of the library, each an owned reference or NULL when there is no such slide. `edition` gets the
 * slide's.
 */
struct og_buf *og_engine_slides_json(const struct og_engine *engine, const struct og_metrics_block *metrics);
struct og_buf *og_engine_slide_json(const struct og_engine *engine, const char *id, size_t id_length,
                                    struct og_edition *edition, const struct og_metrics_block *metrics);
struct og_buf *og_engine_slide_dzi(const struct og_engine *engine, const char *id, size_t id_length,
                                   struct og_edition *edition, const struct og_metrics_block *metrics);

struct og_engine_gauges {
    uint64_t cache_entries, cache_bytes, cache_capacity_bytes, slides, workers, jobs_in_flight, decode_queue,
        residual_queue, encode_queue;
    uint64_t workers_stuck;     /* for more than ten seconds in one step: a file system that hangs */
    uint64_t steps;             /* that workers ever took: they make progress when it grows */
    bool hand_free;             /* one is in a step, and another sleeps because no ring that it serves has work */
    enum og_reader_kind reader; /* in use: never OG_READER_AUTO */
};
struct og_engine_gauges og_engine_gauges(struct og_engine *engine);

/*
 * Refuses new work with OG_STOPPING and waits, at most so long, until what is under way has ended. False: something is
 * left, reads that do not return; the log names a slide, and whoever still waited was answered OG_STOPPING. Either way
 * every waiter has its answer. Destroy waits for what is left, however long that takes.
 */
#define OG_ENGINE_FOREVER UINT64_MAX
bool og_engine_drain(struct og_engine *engine, uint64_t patience_ms);
void og_engine_destroy(struct og_engine **engine);

#endif
