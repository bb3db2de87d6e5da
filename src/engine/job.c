/* SPDX-License-Identifier: MIT */
#include "job.h"

#include <string.h>

static uint32_t bit(unsigned slot)
{
    return UINT32_C(1) << slot;
}

enum og_status og_job_init(struct og_job *job)
{
    memset(job, 0, sizeof *job);
    for (unsigned stage = 0; stage < OG_STAGES; stage++)
        for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
            job->tasks[stage][slot] = (struct og_task){job, (uint8_t)stage, (uint8_t)slot};
    return pthread_mutex_init(&job->lock, NULL) == 0 ? OG_OK : OG_NO_MEMORY;
}

void og_job_fini(struct og_job *job)
{
    pthread_mutex_destroy(&job->lock);
}

void og_job_queue(struct og_job *job, const struct og_key *key, struct og_slide *slide, bool family, uint32_t level,
                  uint32_t x, uint32_t y, uint64_t now_ns)
{
    job->key = *key;
    job->slide = slide;
    job->family = family;
    job->level = level;
    job->x = x;
    job->y = y;
    job->since_ns = now_ns;
    job->entries = 1;
    job->demanded = job->bad = 0;
    job->encodable = ~UINT32_C(0);
    job->failure = OG_OK;
    job->begun = job->has_turn = false;
    memset(job->speculating, 0, sizeof job->speculating);
    memset(job->state, OG_TASK_NONE, sizeof job->state);
    memset(job->missing, 0, sizeof job->missing);
    memset(&job->spent, 0, sizeof job->spent);
    memset(job->task_ns, 0, sizeof job->task_ns);
}

static uint64_t sum_ns(const struct og_job *job, unsigned stage, uint32_t slots)
{
    uint64_t sum = 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (slots & bit(slot))
            sum += job->task_ns[stage][slot];
    return sum;
}

/* What the slot's tile cost, with everything that it was rebuilt from. A stored tile's job has no tasks. */
static struct og_spent spent_on(const struct og_job *job, unsigned slot)
{
    struct og_spent spent = job->spent;
    if (!job->family)
        return spent;
    spent.decode_ns = sum_ns(job, OG_STAGE_DECODE, og_slot_closure(slot));
    spent.residual_ns = sum_ns(job, OG_STAGE_RESIDUAL, og_slot_closure(slot));
    spent.encode_ns = job->task_ns[OG_STAGE_ENCODE][slot];
    return spent;
}

/* Everything that must be rebuilt for the slots that somebody waits for. */
static uint32_t needed(const struct og_job *job)
{
    uint32_t mask = 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (job->demanded & job->encodable & bit(slot))
            mask |= og_slot_closure(slot);
    return mask;
}

/* The slots of a stage that somebody waits for. */
static uint32_t demanded_in(const struct og_job *job, unsigned stage)
{
    return stage == OG_STAGE_ENCODE ? job->demanded : needed(job);
}

static void make_ready(struct og_job *job, unsigned stage, unsigned slot, bool demanded, struct og_ready *ready)
{
    job->state[stage][slot] = demanded ? OG_TASK_DEMANDED : OG_TASK_READY;
    job->entries++;
    if (!demanded)
        job->speculating[stage] |= bit(slot);
    ready->item[ready->count].task = &job->tasks[stage][slot];
    ready->item[ready->count++].demanded = demanded;
}

/* Tasks that lie in a speculative ring, or were dropped from it, and are waited for now. */
static void hurry(struct og_job *job, struct og_ready *ready)
{
    for (unsigned stage = 0; stage < OG_STAGES; stage++) {
        uint32_t demanded = demanded_in(job, stage);
        for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
            uint8_t state = job->state[stage][slot];
            if ((state == OG_TASK_READY || state == OG_TASK_DROPPED) && (demanded & bit(slot)))
                make_ready(job, stage, slot, true, ready);
        }
    }
}

enum og_status og_job_join_locked(struct og_job *job, unsigned slot, struct og_waiter *waiter, struct og_ready *ready,
                                  struct og_buf **out)
{
    if (job->result[slot]) {
        waiter->spent = spent_on(job, slot);
        *out = og_buf_ref(job->result[slot]);
        return OG_OK;
    }
    if (!(job->encodable & bit(slot)))
        return job->failure;
    waiter->next = job->waiters[slot];
    job->waiters[slot] = waiter;
    job->demanded |= bit(slot);
    if (job->begun)
        hurry(job, ready);
    return OG_PENDING;
}

static struct og_waiter *take_waiters(struct og_job *job, uint32_t slots)
{
    struct og_waiter *all = NULL;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        while ((slots & bit(slot)) && job->waiters[slot]) {
            struct og_waiter *waiter = job->waiters[slot];
            job->waiters[slot] = waiter->next;
            waiter->spent = spent_on(job, slot);
            waiter->next = all;
            all = waiter;
        }
    return all;
}

struct og_waiter *og_job_take_waiters_locked(struct og_job *job)
{
    return take_waiters(job, ~UINT32_C(0));
}

/* Gives up the slots that a bad one takes along, and returns those who waited for them. */
static struct og_waiter *lose(struct og_job *job, uint32_t bad)
{
    uint32_t lost = 0;
    job->bad |= bad;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if ((job->encodable & bit(slot)) && (og_slot_closure(slot) & job->bad))
            lost |= bit(slot);
    job->encodable &= ~lost;
    return take_waiters(job, lost);
}

/* Which tasks there are, and how many inputs each still lacks. */
static void plan(struct og_job *job, uint32_t present)
{
    uint32_t rebuilt = 0;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        if (job->encodable & bit(slot)) {
            rebuilt |= bit(slot) | og_slot_sources(slot);
            job->state[OG_STAGE_ENCODE][slot] = OG_TASK_WAITING;
            job->missing[OG_STAGE_ENCODE][slot] = 1;
        }
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        if ((rebuilt | bit(OG_SLOT_L2)) & present & bit(slot))
            job->state[OG_STAGE_DECODE][slot] = OG_TASK_WAITING;
        if (!(rebuilt & bit(slot)))
            continue;
        job->state[OG_STAGE_RESIDUAL][slot] = OG_TASK_WAITING;
        job->missing[OG_STAGE_RESIDUAL][slot] =
            (uint8_t)((slot < OG_SLOT_L0 ? 1 : __builtin_popcount(og_slot_sources(slot))) + (present >> slot & 1));
    }
}

struct og_waiter *og_job_begin_locked(struct og_job *job, uint32_t slots, struct og_ready *ready)
{
    uint32_t present = 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (job->place->stored.stream[slot].size)
            present |= bit(slot);
    job->begun = true;
    job->encodable = slots & ~bit(OG_SLOT_L2);
    if (job->place->stored.damaged)
        job->failure = OG_DAMAGED;
    struct og_waiter *lost = lose(job, job->place->stored.damaged);
    if (!job->encodable)
        return lost;
    plan(job, present);
    uint32_t demanded = demanded_in(job, OG_STAGE_DECODE);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (job->state[OG_STAGE_DECODE][slot] == OG_TASK_WAITING)
            make_ready(job, OG_STAGE_DECODE, slot, demanded & bit(slot), ready);
    return lost;
}

bool og_job_withdraw_locked(struct og_job *job, unsigned slot, const struct og_waiter *waiter)
{
    struct og_waiter **link = &job->waiters[slot];
    while (*link && *link != waiter)
        link = &(*link)->next;
    if (!*link)
        return false;
    *link = waiter->next;
    if (!job->waiters[slot])
        job->demanded &= ~bit(slot);
    return true;
}

enum og_claim og_job_claim_locked(struct og_job *job, const struct og_task *task, enum og_urgency urgency)
{
    uint8_t *state = &job->state[task->stage][task->slot];
    uint32_t *speculating = &job->speculating[task->stage];
    if (urgency == OG_SPECULATION)
        *speculating &= ~bit(task->slot);
    if (*state != OG_TASK_READY && *state != OG_TASK_DEMANDED)
        return OG_CLAIM_STALE;
    if (urgency == OG_DEMAND && !(demanded_in(job, task->stage) & bit(task->slot))) {
        *state = OG_TASK_READY;
        bool listed = *speculating & bit(task->slot);
        *speculating |= bit(task->slot);
        return listed ? OG_CLAIM_STALE : OG_CLAIM_LATER;
    }
    *state = OG_TASK_RUNNING;
    return OG_CLAIM_RUN;
}

void og_job_drop_locked(struct og_job *job, const struct og_task *task)
{
    uint8_t *state = &job->state[task->stage][task->slot];
    job->speculating[task->stage] &= ~bit(task->slot);
    if (*state == OG_TASK_READY)
        *state = OG_TASK_DROPPED;
}

static void feed(struct og_job *job, unsigned stage, unsigned slot, struct og_ready *ready)
{
    if (job->state[stage][slot] == OG_TASK_WAITING && --job->missing[stage][slot] == 0)
        make_ready(job, stage, slot, demanded_in(job, stage) & bit(slot), ready);
}

/* Tells the tasks that waited for this one. */
static void feed_dependents(struct og_job *job, unsigned stage, unsigned slot, struct og_ready *ready)
{
    if (stage == OG_STAGE_DECODE && slot == OG_SLOT_L2) {
        for (unsigned l1 = OG_SLOT_L1; l1 < OG_SLOT_L0; l1++)
            feed(job, OG_STAGE_RESIDUAL, l1, ready);
    } else if (stage == OG_STAGE_DECODE) {
        feed(job, OG_STAGE_RESIDUAL, slot, ready);
    } else if (stage == OG_STAGE_RESIDUAL) {
        feed(job, OG_STAGE_ENCODE, slot, ready);
        for (unsigned l0 = OG_SLOT_L0; l0 < OG_FAMILY_SLOTS; l0++)
            if (og_slot_sources(l0) & bit(slot))
                feed(job, OG_STAGE_RESIDUAL, l0, ready);
    }
}

struct og_waiter *og_job_finish_locked(struct og_job *job, const struct og_task *task, bool succeeded,
                                       struct og_buf *result, struct og_ready *ready)
{
    job->state[task->stage][task->slot] = OG_TASK_DONE;
    if (!succeeded && task->stage == OG_STAGE_ENCODE) { /* its planes are good: nobody else is lost with it */
        job->encodable &= ~bit(task->slot);
        return take_waiters(job, bit(task->slot));
    }
    if (!succeeded)
        return lose(job, bit(task->slot));
    if (task->stage == OG_STAGE_ENCODE) {
        job->result[task->slot] = result;
        return take_waiters(job, bit(task->slot));
    }
    feed_dependents(job, task->stage, task->slot, ready);
    return NULL;
}
