/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_ENGINE_PARTS_H
#define OG_ENGINE_ENGINE_PARTS_H
/*
 * The engine's inside, shared by engine.c (front door), worker.c (the loop), stages.c (the work), dispatch.c (what
 * moves between them) and drain.c (the end).
 *
 *     submit ──► front rings ──► read ──► decode ring ──► residual ring ──► encode ring ──► cache and waiters
 *                (families,                └──────── each one twice: demand and speculative ────────┘
 *                 stored tiles)
 *
 * Rings are sized so that an admitted job always fits: the front rings hold every job, a stage ring every task of every
 * workplace. The free jobs and the free workplaces are rings too.
 *
 * With two workers or more one is reserved for demand. While siblings are built after an answer, that leaves a core for
 * the event thread that has to send it, and a worker for whoever asks next.
 *
 * Threads:   bands below. Edges not written here are those of ring, park and the two locks (job.h, flight.h).
 *            N1 stopping: a release store by drain, N2 an acquire load by submitters under the shard's lock and by
 *            workers; a submitter that read "no" has entered its job before drain counts jobs, because drain takes
 *            every shard's lock once in between.
 *            N4 ended: destroy releases, workers acquire.
 *            N3 in_flight: each change is acq_rel; drain's acquire load of zero sees all that the jobs did.
 * Ownership: the engine owns all but what it borrows (engine.h).
 * Errors:    none of its own.
 */
#include <stdalign.h>
#include <stdatomic.h>

#include "ahead.h"
#include "base/thread.h"
#include "engine/library.h"
#include "flat_tiles.h"
#include "flight.h"
#include "image/jpeg.h"
#include "image/kernels.h"
#include "reads.h"
#include "slide/slide.h"
#include "sync/buf_pool.h"
#include "sync/cache.h"
#include "sync/park.h"
#include "sync/ring.h"

enum { OG_ENGINE_CACHE_SHARDS = 16 };

struct og_worker {
    struct og_engine *engine;
    struct og_metrics_block *metrics;
    struct og_jpeg_decoder *decoder;
    struct og_jpeg_encoder *encoder;
    struct og_reader *reader;
    uint8_t *buffer; /* OG_SLIDE_BUFFER_BYTES for stored tiles */
    struct og_flat_tiles flat;
    struct og_thread thread;
    bool started;
    bool tiles_first; /* the worker's own: whose turn it is at the front */
    /* written by the worker, read relaxed by whoever asks how it does: guesses about its health, nothing hangs on them
     */
    _Atomic uint64_t steps, busy_since_ns; /* ever done; 0: it sleeps */
    bool reserved;                         /* runs no speculation */
};

struct og_engine {
    /* immutable after start */
    struct og_engine_options options;
    const struct og_library *library;
    struct og_log *log;
    const struct og_kernels *kernels;
    uint64_t seed, recipe; /* of this process's keys; of every tile's bytes */
    struct og_buf_pool *bufs;
    enum og_reader_kind reader; /* in use */
    struct og_cache *cache;
    struct og_flight *flight;
    struct og_reads *reads;
    struct og_ahead *ahead;
    struct og_job *jobs;
    struct og_worker *workers;
    struct og_ring *free_jobs, *free_places;
    struct og_ring *front_families, *front_tiles;
    struct og_ring *stage[OG_STAGES][OG_URGENCIES];

    /* shared: atomic */
    struct og_park work, reserve; /* workers; those that are reserved */
    alignas(64) atomic_uint in_flight;
    atomic_bool stopping, ended;
};

void og_engine_fill_defaults(struct og_engine_options *options); /* defaults.c */

/*
 * engine.c: one worker is in a step, and another one sleeps while no ring that it serves has work. Workers that sleep
 * over work missed a wake-up; if all sleep while a job is in flight, the job was lost.
 */
bool og_engine_has_hand_free(const struct og_engine *engine);

/*
 * memory.c: encoded tiles that are in use, whoever holds them: the cache, jobs, answers that a client is slow to read.
 * Above the first number no new work is admitted; the second one is never exceeded, work under way has the rest.
 */
size_t og_engine_admitting_bytes(const struct og_engine_options *options);
size_t og_engine_encoded_bytes(const struct og_engine_options *options);

/* Where the work for a tile is done: its family's job and slot, or a job of its own. Borrows the slide. */
struct og_errand {
    struct og_slide *slide;
    struct og_key key;
    bool family;
    uint32_t level, x, y; /* of the tile that was asked for, or its level and x and y of the family */
    unsigned slot;
};

/* dispatch.c: how jobs come, move from ring to ring and end. */
bool og_engine_is_stopping(const struct og_engine *engine);

/*
 * A job for an errand that has none, in flight, with one entry; whoever calls puts it into a ring or works on
 * it at once. The shard of its key is locked. OG_STOPPING, or OG_BUSY when there is no free job or no memory for tiles.
 */
OG_CHECKED enum og_status og_engine_lead_locked(struct og_engine *engine, struct og_flight_shard *shard,
                                                const struct og_errand *errand, uint64_t since_ns, struct og_job **out);

/*
 * Moves an item into a ring that has room by its size. A ring may still say "full" while a consumer is between taking
 * a cell and giving it back (ring.c, d): then this yields to it.
 */
void og_engine_put(struct og_ring *ring, void *item);

/* There is more to do. The reserved worker sleeps through speculation. */
void og_engine_wake(struct og_engine *engine, enum og_urgency urgency);

/* Pushes what became ready and wakes as many workers. */
void og_engine_push(struct og_engine *engine, struct og_ready *ready);

/* Gives up one entry of the job; the last one out ends it. */
void og_engine_leave(struct og_engine *engine, struct og_job *job);

/* Ends a job that was popped from a front ring, its only entry, when nobody waits for it any more; says whether. */
bool og_engine_abandon(struct og_engine *engine, struct og_job *job);

/* Gives a turn to read back: what waited for it goes into its front ring. */
void og_engine_end_read(struct og_engine *engine, uint64_t slide_key);

/* Answers a chain of waiters; each gets a reference of its own to `buf`. */
void og_engine_answer(struct og_engine *engine, struct og_metrics_block *metrics, struct og_waiter *waiters,
                      enum og_status status, struct og_buf *buf);

/* worker.c */
void *og_worker_run(void *worker);

/* stages.c: what a worker does. Each leaves the job in the end. */
void og_stage_tile(struct og_worker *worker, struct og_job *job);   /* a job of one stored tile, from start to end */
void og_stage_family(struct og_worker *worker, struct og_job *job); /* read, then the first tasks */
void og_stage_task(struct og_worker *worker, struct og_task *task, enum og_urgency urgency);

#endif
