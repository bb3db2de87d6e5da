/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_JOB_H
#define OG_ENGINE_JOB_H
/*
 * og_job: everything that is known about one family (or one stored tile) while somebody waits for a part of it.
 * A small monitor: whoever calls a function ending in _locked holds job->lock, and no such call blocks or does work.
 *
 *     state of the job    where it is                         who moves it on
 *     free                in the engine's pool ring           submit: takes it for a key nobody works on
 *     queued              in a front ring, in the flight      a worker, when a workplace is free (families) and its
 *                         or laid aside (reads.h)             slide's turn to be read
 *     begun               in the flight; its tasks in the     the workers, task by task
 *                         stage rings
 *     ended               out of the flight                   the last worker to leave it: back to the pool
 *
 *     state of a task     meaning                             next
 *     OG_TASK_NONE        there is no such work               –
 *     OG_TASK_WAITING     inputs are missing                  READY, DEMANDED when the last input arrives
 *     OG_TASK_READY       in the speculative ring             RUNNING, DEMANDED (somebody waits now), DROPPED
 *     OG_TASK_DEMANDED    in the demand ring                  RUNNING, READY when all who waited have left
 *     OG_TASK_RUNNING     a worker has it                     DONE
 *     OG_TASK_DROPPED     given up under load                 DEMANDED when somebody waits after all
 *     OG_TASK_DONE        its result is in the planes or in result[]; or it failed and its slot is in `bad`
 *
 * A task may lie in both rings of its stage at once, never twice in one: the entry that comes second finds it RUNNING
 * or DONE and is stale. `entries` counts ring entries and running tasks; the job lives as long as it is not zero.
 *
 * Threads:   any worker, any submitting thread; the lock guards everything below the first band.
 * Ownership: waiters are borrowed until they are answered; results and the slide are references of the job's.
 * Errors:    a failed task makes its slot bad; only slots whose closure holds a bad one are lost.
 */
#include <pthread.h>

#include "base/buf.h"
#include "base/key.h"
#include "base/tile.h"
#include "engine/engine.h"
#include "slide/slide.h"
#include "workplace.h"

enum og_urgency { OG_DEMAND, OG_SPECULATION, OG_URGENCIES };

enum og_stage { OG_STAGE_DECODE, OG_STAGE_RESIDUAL, OG_STAGE_ENCODE, OG_STAGES };

enum og_task_state {
    OG_TASK_NONE,
    OG_TASK_WAITING,
    OG_TASK_READY,
    OG_TASK_DEMANDED,
    OG_TASK_RUNNING,
    OG_TASK_DROPPED,
    OG_TASK_DONE,
};

struct og_job;

struct og_task {
    struct og_job *job;
    uint8_t stage, slot;
};

/* Tasks that became ready, to be pushed once the lock is released. */
struct og_ready {
    unsigned count;
    struct {
        struct og_task *task;
        bool demanded;
    } item[OG_STAGES * OG_FAMILY_SLOTS];
};

struct og_job {
    /* immutable from queued to ended */
    struct og_key key;
    struct og_slide *slide;
    bool family;
    uint32_t level, x, y; /* of the stored tile, or x and y of the family */
    uint64_t since_ns;
    struct og_task tasks[OG_STAGES][OG_FAMILY_SLOTS];

    /* owned by the flight's shard */
    struct og_job *next;

    /* before it has begun, its only entry's: see reads.h */
    struct og_job *next_aside;
    bool has_turn;

    pthread_mutex_t lock;
    /* under the lock */
    unsigned entries;
    uint32_t demanded;  /* slots that somebody waits for or was answered */
    uint32_t encodable; /* slots of the slide that can still be answered; all of them until begun */
    uint32_t bad;       /* slots whose own bytes are damaged */
    enum og_status failure;
    bool begun;
    uint32_t speculating[OG_STAGES]; /* tasks with an entry in the speculative ring */
    uint8_t state[OG_STAGES][OG_FAMILY_SLOTS];
    uint8_t missing[OG_STAGES][OG_FAMILY_SLOTS];
    struct og_spent spent;                        /* by the whole job: in the queue and reading … */
    uint64_t task_ns[OG_STAGES][OG_FAMILY_SLOTS]; /* … and by each task that ran */
    struct og_waiter *waiters[OG_FAMILY_SLOTS];
    struct og_buf *result[OG_FAMILY_SLOTS];

    /* owned by the running tasks: see image/family.h */
    struct og_workplace *place;
};

OG_CHECKED enum og_status og_job_init(struct og_job *job); /* once, before any use */
void og_job_fini(struct og_job *job);

/* From free to queued. Takes the slide's reference. The caller is the only one who knows the job. */
void og_job_queue(struct og_job *job, const struct og_key *key, struct og_slide *slide, bool family, uint32_t level,
                  uint32_t x, uint32_t y, uint64_t now_ns);

/*
 * Adds a waiter for a slot: OG_PENDING. When the answer is there already it is returned instead, with an owned
 * reference in *out, and the waiter is told no more than what it cost.
 */
enum og_status og_job_join_locked(struct og_job *job, unsigned slot, struct og_waiter *waiter, struct og_ready *ready,
                                  struct og_buf **out);

/* From queued to begun, when job->place holds what was read. Returns the waiters that can never be answered. */
struct og_waiter *og_job_begin_locked(struct og_job *job, uint32_t slots, struct og_ready *ready);

/* Takes a waiter out again; false: it does not wait here. */
bool og_job_withdraw_locked(struct og_job *job, unsigned slot, const struct og_waiter *waiter);

/* A worker popped the task from a ring of that urgency. */
enum og_claim {
    OG_CLAIM_RUN,
    OG_CLAIM_STALE, /* there is nothing to do: give up the entry */
    OG_CLAIM_LATER, /* nobody waits any more: move the entry to the speculative ring */
};
enum og_claim og_job_claim_locked(struct og_job *job, const struct og_task *task, enum og_urgency urgency);

/* A worker popped the task from a speculative ring and gives it up. */
void og_job_drop_locked(struct og_job *job, const struct og_task *task);

/*
 * The task ran. `result` (owned, encode tasks only; NULL: failed) is kept for those who join late. Returns the waiters
 * to answer: with the result when the task succeeded, else with job->failure.
 */
struct og_waiter *og_job_finish_locked(struct og_job *job, const struct og_task *task, bool succeeded,
                                       struct og_buf *result, struct og_ready *ready);

/* Everybody who still waits. */
struct og_waiter *og_job_take_waiters_locked(struct og_job *job);

#endif
