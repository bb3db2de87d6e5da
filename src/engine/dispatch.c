/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "engine_parts.h"

void og_engine_put(struct og_ring *ring, void *item)
{
    while (!og_ring_push(ring, item))
        sched_yield();
}

void og_engine_wake(struct og_engine *engine, enum og_urgency urgency)
{
    og_park_notify_one(&engine->work);
    if (urgency == OG_DEMAND)
        og_park_notify_one(&engine->reserve);
}

bool og_engine_is_stopping(const struct og_engine *engine)
{
    return atomic_load_explicit(&engine->stopping, memory_order_acquire); /* N2 */
}

enum og_status og_engine_lead_locked(struct og_engine *engine, struct og_flight_shard *shard,
                                     const struct og_errand *errand, uint64_t since_ns, struct og_job **out)
{
    if (og_engine_is_stopping(engine))
        return OG_STOPPING;
    if (og_buf_pool_bytes(engine->bufs) > og_engine_admitting_bytes(&engine->options))
        return OG_BUSY;
    struct og_job *job = *out = og_ring_pop(engine->free_jobs);
    if (!job)
        return OG_BUSY;
    og_job_queue(job, &errand->key, og_slide_ref(errand->slide), errand->family, errand->level, errand->x, errand->y,
                 since_ns);
    atomic_fetch_add_explicit(&engine->in_flight, 1, memory_order_acq_rel); /* N3 */
    og_flight_enter_locked(shard, job);
    return OG_OK;
}

void og_engine_push(struct og_engine *engine, struct og_ready *ready)
{
    for (unsigned i = 0; i < ready->count; i++) {
        struct og_task *task = ready->item[i].task;
        enum og_urgency urgency = ready->item[i].demanded ? OG_DEMAND : OG_SPECULATION;
        og_engine_put(engine->stage[task->stage][urgency], task);
        og_engine_wake(engine, urgency);
    }
    ready->count = 0;
}

void og_engine_answer(struct og_engine *engine, struct og_metrics_block *metrics, struct og_waiter *waiters,
                      enum og_status status, struct og_buf *buf)
{
    while (waiters) {
        struct og_waiter *next = waiters->next;
        og_time(metrics, OG_TIME_MISS, engine->options.clock() - waiters->since_ns);
        waiters->done(waiters, status, buf ? og_buf_ref(buf) : NULL);
        waiters = next;
    }
}

static void recycle(struct og_engine *engine, struct og_job *job)
{
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        og_buf_unref(&job->result[slot]);
    og_slide_unref(&job->slide);
    if (job->place)
        og_engine_put(engine->free_places, job->place);
    job->place = NULL;
    og_engine_put(engine->free_jobs, job);
    atomic_fetch_sub_explicit(&engine->in_flight, 1, memory_order_acq_rel); /* N3 */
    og_engine_wake(engine, OG_DEMAND); /* a place, a job: somebody may wait for them in front */
}

/* Both locks, in their order: nobody can join between the decision and the end. */
static bool end_if(struct og_engine *engine, struct og_job *job, bool (*is_over)(struct og_job *job))
{
    struct og_flight_shard *shard = og_flight_lock(engine->flight, &job->key);
    pthread_mutex_lock(&job->lock);
    bool over = is_over(job);
    if (over)
        og_flight_leave_locked(shard, job);
    pthread_mutex_unlock(&job->lock);
    og_flight_unlock(shard);
    if (over)
        recycle(engine, job);
    return over;
}

static bool gives_up_last_entry(struct og_job *job)
{
    return --job->entries == 0;
}

static bool is_unwanted(struct og_job *job)
{
    return !job->demanded;
}

/* The one who holds the last entry keeps it until both locks are held: nobody else can end the job. */
void og_engine_leave(struct og_engine *engine, struct og_job *job)
{
    pthread_mutex_lock(&job->lock);
    bool last = job->entries == 1;
    job->entries -= !last;
    pthread_mutex_unlock(&job->lock);
    if (last)
        end_if(engine, job, gives_up_last_entry);
}

bool og_engine_abandon(struct og_engine *engine, struct og_job *job)
{
    pthread_mutex_lock(&job->lock);
    bool unwanted = is_unwanted(job);
    pthread_mutex_unlock(&job->lock);
    return unwanted && end_if(engine, job, is_unwanted);
}

void og_engine_end_read(struct og_engine *engine, uint64_t slide_key)
{
    struct og_job *next = og_reads_leave(engine->reads, slide_key);
    if (!next && !og_ahead_is_empty(engine->ahead))
        og_engine_wake(engine, OG_SPECULATION);
    if (!next)
        return;
    og_engine_put(next->family ? engine->front_families : engine->front_tiles, next);
    og_engine_wake(engine, OG_DEMAND);
}
