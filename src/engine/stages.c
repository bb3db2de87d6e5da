/* SPDX-License-Identifier: MIT */
#include "engine_parts.h"
#include "image/family.h"
#include "image/shrink.h"

enum { HINTS = 8 }; /* at most, before a read */

static const uint64_t complaint_gap_ns = 60 * UINT64_C(1000000000);

/* At most one line a minute for each slide: people may pan over a damaged one for hours. The counters miss nothing. */
static void complain(struct og_worker *worker, const struct og_job *job, const struct og_error *err)
{
    struct og_engine *engine = worker->engine;
    bool is_slides_fault = err->status != OG_BUSY;
    if (is_slides_fault && og_slide_complaint_due(job->slide, engine->options.clock(), complaint_gap_ns))
        og_log_write(engine->log, OG_LOG_ERROR, "engine", "slide \"%s\": %s", og_slide_facts(job->slide)->id,
                     err->text);
}

/* Puts before the reason which tile it is about, as a viewer would ask for it. */
static enum og_status name_slot(const struct og_job *job, unsigned slot, const char *and_others, struct og_error *err)
{
    struct og_pyramid_place place = og_pyramid_of_slot(job->x, job->y, slot);
    return og_error_prefix(err, "L%u tile %u,%u (level %u)%s", place.depth, place.x, place.y,
                           og_pyramid_level(&og_slide_facts(job->slide)->pyramid, place.depth), and_others);
}

static enum og_status describe_damage(const struct og_job *job, const struct og_stored_family *stored,
                                      struct og_error *err)
{
    uint32_t damaged = stored->damaged;
    og_error_set(err, OG_DAMAGED, "%s", stored->reason);
    return name_slot(job, (unsigned)__builtin_ctz(damaged), damaged & (damaged - 1) ? " and others of its family" : "",
                     err);
}

static void remember(struct og_worker *worker, const struct og_job *job, uint32_t level, uint32_t x, uint32_t y,
                     struct og_buf *buf)
{
    struct og_engine *engine = worker->engine;
    struct og_key key = og_key_make(engine->seed, og_slide_key(job->slide), level, x, y);
    og_cache_put(engine->cache, og_metrics_seat(worker->metrics), &key, buf);
}

/* Within the bound that the engine keeps; the account may be off by what each worker is about to make. */
static bool has_room(struct og_engine *engine, size_t size, struct og_error *err)
{
    if (og_buf_pool_bytes(engine->bufs) + size <= og_engine_encoded_bytes(&engine->options))
        return true;
    og_error_set(err, OG_BUSY, "the memory for encoded tiles is taken");
    return false;
}

static enum og_status keep_bytes(struct og_worker *worker, struct og_span span, struct og_buf **out,
                                 struct og_error *err)
{
    struct og_engine *engine = worker->engine;
    if (!has_room(engine, span.size, err))
        return OG_BUSY;
    *out = og_buf_pool_copy(engine->bufs, span.data, span.size);
    return *out ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

/* Returns the nanoseconds since `since`, which is now from here on. */
static uint64_t lap(struct og_worker *worker, enum og_timer timer, uint64_t *since)
{
    uint64_t now = worker->engine->options.clock(), spent = now - *since;
    og_time(worker->metrics, timer, spent);
    *since = now;
    return spent;
}

/* Of the level that a tile is made from. */
static unsigned stored_depth(const struct og_slide *slide, uint32_t level)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    unsigned depth = facts->pyramid.top - level;
    return depth < facts->last_depth ? depth : facts->last_depth;
}

static void hint(struct og_worker *worker, const struct og_slide *slide, const struct og_read_name *name)
{
    if (name->family)
        og_slide_prefetch_family(slide, worker->reader, name->x, name->y);
    else
        og_slide_prefetch_stored(slide, worker->reader, stored_depth(slide, name->level), name->x, name->y);
}

/* Within this job's turn: the system reads for those who wait for theirs, while it reads for this one. */
static void hint_aside(struct og_worker *worker, const struct og_job *job)
{
    struct og_read_name name;
    for (unsigned i = 0; i < HINTS && og_reads_name_next(worker->engine->reads, og_slide_key(job->slide), &name); i++) {
        if (i == 0)
            hint(worker, job->slide, &(struct og_read_name){job->family, job->level, job->x, job->y});
        hint(worker, job->slide, &name);
    }
}

static enum og_status make_tile(struct og_worker *worker, const struct og_job *job, struct og_spent *spent,
                                struct og_buf **out, struct og_error *err)
{
    const struct og_slide_facts *facts = og_slide_facts(job->slide);
    unsigned depth = facts->pyramid.top - job->level;
    unsigned stored_at = stored_depth(job->slide, job->level);
    uint64_t since = worker->engine->options.clock();
    struct og_stored_tile stored;
    hint_aside(worker, job);
    enum og_status status =
        og_slide_read_stored(job->slide, worker->reader, stored_at, job->x, job->y, worker->buffer, &stored, err);
    og_engine_end_read(worker->engine, og_slide_key(job->slide));
    spent->read_ns = lap(worker, OG_TIME_READ, &since);
    if (status != OG_OK)
        return status;
    og_count(worker->metrics, OG_COUNT_READ_BYTES, stored.stream.size);
    struct og_extent size = og_pyramid_tile(&facts->pyramid, stored_at, job->x, job->y);
    if (depth == stored_at) {
        status = og_jpeg_finish(stored.tables, stored.stream, stored.may_be_full, (int)size.width, (int)size.height,
                                out, err);
        if (status == OG_OK && !has_room(worker->engine, (*out)->size, err)) {
            og_buf_unref(out);
            return OG_BUSY;
        }
        if (status == OG_OK)
            og_buf_pool_adopt(worker->engine->bufs, *out);
        return status;
    }

    struct og_span span;
    status =
        og_shrink(worker->engine->kernels, worker->decoder, worker->encoder, stored.tables, stored.stream,
                  (int)size.width, (int)size.height, depth - stored_at, worker->engine->options.quality, &span, err);
    spent->encode_ns = lap(worker, OG_TIME_ENCODE, &since);
    return status == OG_OK ? keep_bytes(worker, span, out, err) : status;
}

static void note_base(struct og_worker *worker, const struct og_job *job)
{
    struct og_engine *engine = worker->engine;
    const struct og_slide_facts *facts = og_slide_facts(job->slide);
    if (!facts->residual || job->level + 2 != facts->pyramid.top || engine->options.cache_bytes == 0)
        return;
    struct og_key key = og_key_make(engine->seed, og_slide_key(job->slide), OG_KEY_FAMILY, job->x, job->y);
    if (og_ahead_note_base(engine->ahead, &(struct og_family_name){key, job->slide, job->x, job->y}, worker->metrics))
        og_engine_wake(engine, OG_SPECULATION);
}

void og_stage_tile(struct og_worker *worker, struct og_job *job)
{
    uint64_t since = job->since_ns;
    struct og_spent spent = {.queue_ns = lap(worker, OG_TIME_QUEUE, &since)};
    struct og_error err = {0};
    struct og_buf *buf = NULL;
    enum og_status status = make_tile(worker, job, &spent, &buf, &err);
    if (status == OG_OK) {
        remember(worker, job, job->level, job->x, job->y, buf);
        og_count(worker->metrics, OG_COUNT_TILE_DEMANDED, 1);
    } else {
        og_count(worker->metrics, OG_COUNT_READ_DAMAGED, status == OG_DAMAGED);
        complain(worker, job, &err);
    }
    pthread_mutex_lock(&job->lock);
    job->failure = status;
    job->encodable = 0;
    job->result[0] = buf;
    job->spent = spent;
    struct og_waiter *waiters = og_job_take_waiters_locked(job);
    pthread_mutex_unlock(&job->lock);
    og_engine_answer(worker->engine, worker->metrics, waiters, status, buf);
    if (status == OG_OK)
        note_base(worker, job);
    og_engine_leave(worker->engine, job);
}

void og_stage_family(struct og_worker *worker, struct og_job *job)
{
    struct og_engine *engine = worker->engine;
    uint64_t since = job->since_ns;
    struct og_spent spent = {.queue_ns = lap(worker, OG_TIME_QUEUE, &since)};
    struct og_error err = {0};
    struct og_stored_family *stored = &job->place->stored;
    job->place->family->prediction = og_slide_facts(job->slide)->prediction;
    hint_aside(worker, job);
    enum og_status status =
        og_slide_read_family(job->slide, worker->reader, job->x, job->y, job->place->buffer, stored, &err);
    og_engine_end_read(engine, og_slide_key(job->slide));
    spent.read_ns = lap(worker, OG_TIME_READ, &since);
    if (status != OG_OK) {
        *stored = (struct og_stored_family){.damaged = ~UINT32_C(0)};
    } else {
        for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
            og_count(worker->metrics, OG_COUNT_READ_BYTES, stored->stream[slot].size);
        if (stored->damaged)
            status = describe_damage(job, stored, &err);
    }
    if (status != OG_OK) {
        og_count(worker->metrics, OG_COUNT_READ_DAMAGED, status == OG_DAMAGED);
        complain(worker, job, &err);
    }

    struct og_ready ready = {0};
    uint32_t slots = og_pyramid_slots(&og_slide_facts(job->slide)->pyramid, job->x, job->y);
    pthread_mutex_lock(&job->lock);
    job->spent = spent;
    struct og_waiter *lost = og_job_begin_locked(job, slots, &ready);
    if (status != OG_OK)
        job->failure = status;
    pthread_mutex_unlock(&job->lock);
    og_engine_answer(engine, worker->metrics, lost, status, NULL);
    og_engine_push(engine, &ready);
    og_engine_leave(engine, job);
}

static enum og_status decode(struct og_worker *worker, const struct og_job *job, unsigned slot, struct og_error *err)
{
    const struct og_stored_family *stored = &job->place->stored;
    struct og_extent base = og_pyramid_tile(&og_slide_facts(job->slide)->pyramid, 2, job->x, job->y);
    enum og_status status =
        og_family_decode(job->place->family, slot, worker->decoder, stored->tables[og_slot_place(slot).depth],
                         stored->stream[slot], (int)base.width, (int)base.height, err);
    if (status != OG_OK)
        name_slot(job, slot, "", err);
    return status;
}

static enum og_status encode_tile(struct og_worker *worker, const struct og_family *family, unsigned slot,
                                  struct og_extent size, struct og_buf **out, struct og_error *err)
{
    uint8_t colour[3];
    bool flat = size.width == OG_TILE_SIZE && size.height == OG_TILE_SIZE && og_family_is_flat(family, slot, colour);
    const struct og_buf *alike = flat ? og_flat_tiles_recall(&worker->flat, colour) : NULL;
    struct og_span span = alike ? (struct og_span){alike->data, alike->size} : (struct og_span){0};
    enum og_status status = alike ? OG_OK
                                  : og_family_encode(family, slot, worker->encoder, worker->engine->options.quality,
                                                     (int)size.width, (int)size.height, &span, err);
    if (status == OG_OK)
        status = keep_bytes(worker, span, out, err);
    if (status == OG_OK && flat && !alike)
        og_flat_tiles_keep(&worker->flat, colour, *out);
    return status;
}

static enum og_status encode(struct og_worker *worker, const struct og_job *job, unsigned slot, struct og_buf **out,
                             struct og_error *err)
{
    const struct og_pyramid *pyramid = &og_slide_facts(job->slide)->pyramid;
    struct og_pyramid_place place = og_pyramid_of_slot(job->x, job->y, slot);
    enum og_status status = encode_tile(worker, job->place->family, slot,
                                        og_pyramid_tile(pyramid, place.depth, place.x, place.y), out, err);
    if (status == OG_OK)
        remember(worker, job, og_pyramid_level(pyramid, place.depth), place.x, place.y, *out);
    return status;
}

static const enum og_timer stage_timer[OG_STAGES] = {OG_TIME_DECODE, OG_TIME_RESIDUAL, OG_TIME_ENCODE};

static void finish(struct og_worker *worker, struct og_task *task, uint64_t spent_ns, enum og_status status,
                   struct og_buf *buf)
{
    struct og_job *job = task->job;
    struct og_ready ready = {0};
    pthread_mutex_lock(&job->lock);
    job->task_ns[task->stage][task->slot] = spent_ns;
    if (status != OG_OK)
        job->failure = status;
    bool demanded = job->demanded >> task->slot & 1;
    struct og_waiter *waiters = og_job_finish_locked(job, task, status == OG_OK, buf, &ready);
    pthread_mutex_unlock(&job->lock);
    if (buf)
        og_count(worker->metrics, demanded ? OG_COUNT_TILE_DEMANDED : OG_COUNT_TILE_SPECULATIVE, 1);
    og_engine_push(worker->engine, &ready);
    og_engine_answer(worker->engine, worker->metrics, waiters, status, buf);
    og_engine_leave(worker->engine, job);
}

void og_stage_task(struct og_worker *worker, struct og_task *task, enum og_urgency urgency)
{
    struct og_job *job = task->job;
    pthread_mutex_lock(&job->lock);
    enum og_claim claim = og_job_claim_locked(job, task, urgency);
    pthread_mutex_unlock(&job->lock);
    if (claim == OG_CLAIM_LATER) {
        og_engine_put(worker->engine->stage[task->stage][OG_SPECULATION], task);
        og_engine_wake(worker->engine, OG_SPECULATION);
    } else if (claim == OG_CLAIM_STALE) {
        og_engine_leave(worker->engine, job);
    }
    if (claim != OG_CLAIM_RUN)
        return;
    uint64_t since = worker->engine->options.clock();
    struct og_error err = {0};
    struct og_buf *buf = NULL;
    enum og_status status = OG_OK;
    if (task->stage == OG_STAGE_DECODE)
        status = decode(worker, job, task->slot, &err);
    else if (task->stage == OG_STAGE_RESIDUAL)
        og_family_rebuild(job->place->family, worker->engine->kernels, task->slot,
                          job->place->stored.stream[task->slot].size > 0);
    else
        status = encode(worker, job, task->slot, &buf, &err);
    uint64_t spent_ns = lap(worker, stage_timer[task->stage], &since);
    if (status != OG_OK) {
        og_count(worker->metrics, OG_COUNT_DECODE_DAMAGED, status == OG_DAMAGED);
        complain(worker, job, &err);
    }
    finish(worker, task, spent_ns, status, buf);
}
