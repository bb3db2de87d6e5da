/* SPDX-License-Identifier: MIT */
/*
 * In the place of og_worker_run: one thread per family. A worker takes one family, builds all of it from first slot to
 * last, and answers each slot when its turn comes, whoever waits. No rings between stages, nobody is served first.
 */
#include <stdlib.h>
#include <string.h>

#include "engine_parts.h"
#include "image/family.h"
#include "take_workplace.h"

static void must(enum og_status status)
{
    if (status != OG_OK)
        abort();
}

static void answer(struct og_worker *worker, struct og_job *job, unsigned slot)
{
    struct og_engine *engine = worker->engine;
    const struct og_pyramid *pyramid = &og_slide_facts(job->slide)->pyramid;
    struct og_pyramid_place place = og_pyramid_of_slot(job->x, job->y, slot);
    struct og_extent size = og_pyramid_tile(pyramid, place.depth, place.x, place.y);
    struct og_error err = {0};
    struct og_span span;
    must(og_family_encode(job->place->family, slot, worker->encoder, engine->options.quality, (int)size.width,
                          (int)size.height, &span, &err));
    struct og_buf *buf = og_buf_pool_copy(engine->bufs, span.data, span.size);
    struct og_key key =
        og_key_make(engine->seed, og_slide_key(job->slide), pyramid->top - place.depth, place.x, place.y);
    og_cache_put(engine->cache, og_metrics_seat(worker->metrics), &key, buf);

    struct og_ready none = {0};
    pthread_mutex_lock(&job->lock);
    struct og_waiter *waiters = og_job_finish_locked(job, &job->tasks[OG_STAGE_ENCODE][slot], true, buf, &none);
    pthread_mutex_unlock(&job->lock);
    og_engine_answer(engine, worker->metrics, waiters, OG_OK, buf);
}

static void build(struct og_worker *worker, struct og_job *job)
{
    take_workplace(job->place);
    struct og_error err = {0};
    struct og_stored_family *stored = &job->place->stored;
    struct og_family *family = job->place->family;
    uint32_t slots = og_pyramid_slots(&og_slide_facts(job->slide)->pyramid, job->x, job->y);
    family->prediction = og_slide_facts(job->slide)->prediction;
    must(og_slide_read_family(job->slide, worker->reader, job->x, job->y, job->place->buffer, stored, &err));

    struct og_ready unused = {0};
    pthread_mutex_lock(&job->lock);
    og_job_begin_locked(job, slots, &unused);
    memset(job->state, OG_TASK_RUNNING, sizeof job->state); /* nothing for those who join late to hurry */
    job->entries -= unused.count;
    pthread_mutex_unlock(&job->lock);

    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        bool there = stored->stream[slot].size > 0;
        if (there)
            must(og_family_decode(family, slot, worker->decoder, stored->tables[og_slot_place(slot).depth],
                                  stored->stream[slot], OG_TILE_SIZE, OG_TILE_SIZE, &err));
        if (slot != OG_SLOT_L2)
            og_family_rebuild(family, worker->engine->kernels, slot, there);
    }
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        if (slots >> slot & 1)
            answer(worker, job, slot);
    og_engine_leave(worker->engine, job);
}

static bool work_once(struct og_worker *worker)
{
    struct og_engine *engine = worker->engine;
    struct og_job *job = og_ring_pop(engine->front_tiles);
    if (job) {
        if (og_reads_enter_if_free(engine->reads, og_slide_key(job->slide))) /* og_stage_tile gives the turn back */
            og_stage_tile(worker, job);
        else
            og_engine_put(engine->front_tiles, job);
        return true;
    }
    struct og_workplace *place = og_ring_pop(engine->free_places);
    if (!place)
        return false;
    job = og_ring_pop(engine->front_families);
    if (!job) {
        og_engine_put(engine->free_places, place);
        return false;
    }
    job->place = place;
    build(worker, job);
    return true;
}

void *og_worker_run(void *argument)
{
    struct og_worker *worker = argument;
    struct og_engine *engine = worker->engine;
    while (!atomic_load_explicit(&engine->ended, memory_order_acquire)) { /* N4 */
        if (work_once(worker))
            continue;
        uint32_t ticket = og_park_prepare(&engine->work);
        if (work_once(worker) || atomic_load_explicit(&engine->ended, memory_order_acquire)) /* N4 */
            og_park_cancel(&engine->work);
        else
            og_park_wait(&engine->work, ticket);
    }
    return NULL;
}
