/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "engine_parts.h"

/* Demand waits for a workplace, the engine stops, or nothing could keep the result: speculation has to make room. */
static bool is_pressed(const struct og_engine *engine)
{
    return !og_ring_is_empty(engine->front_families) || engine->options.cache_bytes == 0 ||
           og_engine_is_stopping(engine);
}

static void drop(struct og_worker *worker, struct og_task *task)
{
    pthread_mutex_lock(&task->job->lock);
    og_job_drop_locked(task->job, task);
    pthread_mutex_unlock(&task->job->lock);
    og_count(worker->metrics, OG_COUNT_TASK_DROPPED, 1);
    og_engine_leave(worker->engine, task->job);
}

/* A pop that met a half-finished push let that push's one notify stand for two items (ring.h): pass it on. */
static void *pop(struct og_engine *engine, struct og_ring *ring, enum og_urgency urgency)
{
    void *item = og_ring_pop(ring);
    if (item && !og_ring_is_empty(ring))
        og_engine_wake(engine, urgency);
    return item;
}

/* Downstream first, so that work under way drains before new work enters. */
static struct og_task *pop_task(struct og_engine *engine, enum og_urgency urgency)
{
    for (int stage = OG_STAGES - 1; stage >= 0; stage--) {
        struct og_task *task = pop(engine, engine->stage[stage][urgency], urgency);
        if (task)
            return task;
    }
    return NULL;
}

/* Nothing was read, and nothing will be: its slide keeps too many waiting already. */
static void refuse(struct og_worker *worker, struct og_job *job)
{
    pthread_mutex_lock(&job->lock);
    job->failure = OG_BUSY;
    job->encodable = 0;
    struct og_waiter *waiters = og_job_take_waiters_locked(job);
    pthread_mutex_unlock(&job->lock);
    og_count(worker->metrics, OG_COUNT_JOB_REFUSED, 1);
    og_engine_answer(worker->engine, worker->metrics, waiters, OG_BUSY, NULL);
    og_engine_leave(worker->engine, job);
}

/* The job was popped from its front ring. True: it may read; else somebody else has it now, or nobody. */
static bool may_read(struct og_worker *worker, struct og_job *job)
{
    struct og_engine *engine = worker->engine;
    uint64_t slide_key = og_slide_key(job->slide);
    bool has_turn = job->has_turn;
    if (og_engine_abandon(engine, job)) {
        if (has_turn)
            og_engine_end_read(engine, slide_key);
        return false;
    }
    enum og_read_turn turn = has_turn ? OG_READ_NOW : og_reads_enter(engine->reads, job);
    if (turn == OG_READ_NEVER)
        refuse(worker, job);
    return turn == OG_READ_NOW;
}

static bool serve_tile(struct og_worker *worker)
{
    struct og_job *job = pop(worker->engine, worker->engine->front_tiles, OG_DEMAND);
    if (job && may_read(worker, job))
        og_stage_tile(worker, job);
    return job;
}

static void note_family(struct og_worker *worker, const struct og_job *job)
{
    struct og_engine *engine = worker->engine;
    struct og_family_name family = {job->key, job->slide, job->x, job->y};
    if (engine->options.cache_bytes > 0 && og_ahead_note_family(engine->ahead, &family, worker->metrics))
        og_engine_wake(engine, OG_SPECULATION);
}

/* A job that may not read yet does not keep a workplace meanwhile. */
static bool begin_family(struct og_worker *worker, struct og_workplace *place)
{
    struct og_engine *engine = worker->engine;
    struct og_job *job = pop(engine, engine->front_families, OG_DEMAND);
    if (job && may_read(worker, job)) {
        job->place = place;
        note_family(worker, job);
        og_stage_family(worker, job);
    } else {
        og_engine_put(engine->free_places, place);
        if (job)
            og_engine_wake(engine, OG_DEMAND); /* who found no place meanwhile */
    }
    return job;
}

/* Without a free workplace: speculation makes room, or its entries would hold the places for as long as tiles come. */
static bool serve_family(struct og_worker *worker)
{
    struct og_engine *engine = worker->engine;
    struct og_workplace *place = og_ring_is_empty(engine->front_families) ? NULL : og_ring_pop(engine->free_places);
    if (place && begin_family(worker, place))
        return true;
    struct og_task *task = is_pressed(engine) ? pop_task(engine, OG_SPECULATION) : NULL;
    if (task)
        drop(worker, task);
    return task;
}

/* A job that nobody waits for; NULL: the family is there, or under work, or this is no time for it. */
static struct og_job *lead_guess(struct og_engine *engine, const struct og_guess *guess, unsigned seat)
{
    uint64_t slide_key = og_slide_key(guess->slide);
    struct og_errand errand = {.slide = guess->slide,
                               .key = og_key_make(engine->seed, slide_key, OG_KEY_FAMILY, guess->x, guess->y),
                               .family = true,
                               .level = og_slide_facts(guess->slide)->pyramid.top - 1,
                               .x = guess->x,
                               .y = guess->y};
    struct og_key first_tile = og_key_make(engine->seed, slide_key, errand.level, 2 * guess->x, 2 * guess->y);
    struct og_job *job = NULL;
    struct og_flight_shard *shard = og_flight_lock(engine->flight, &errand.key);
    struct og_buf *cached = og_cache_get(engine->cache, seat, &first_tile);
    if (!cached && !og_flight_find_locked(shard, &errand.key) &&
        og_engine_lead_locked(engine, shard, &errand, engine->options.clock(), &job) != OG_OK)
        job = NULL;
    og_flight_unlock(shard);
    og_buf_unref(&cached);
    return job;
}

/* The read of the next guess begins while this one is worked on. */
static void hint_next(struct og_worker *worker, const struct og_guess *current)
{
    struct og_guess next;
    if (!og_ahead_peek(worker->engine->ahead, &next))
        return;
    if (next.slide == current->slide) /* whose turn this worker has */
        og_slide_prefetch_family(next.slide, worker->reader, next.x, next.y);
    og_slide_unref(&next.slide);
}

/* Within a turn to read the slide. */
static void begin_guess(struct og_worker *worker, const struct og_guess *guess, struct og_workplace *place)
{
    struct og_engine *engine = worker->engine;
    struct og_job *job = lead_guess(engine, guess, og_metrics_seat(worker->metrics));
    og_count(worker->metrics, job ? OG_COUNT_GUESS_BEGUN : OG_COUNT_GUESS_DROPPED, 1);
    if (job) {
        hint_next(worker, guess);
        job->place = place;
        og_stage_family(worker, job);
    } else {
        og_engine_end_read(engine, og_slide_key(guess->slide));
        og_engine_put(engine->free_places, place);
    }
}

static bool follow_guess(struct og_worker *worker)
{
    struct og_engine *engine = worker->engine;
    struct og_guess guess;
    struct og_workplace *place =
        og_ahead_is_empty(engine->ahead) || is_pressed(engine) ? NULL : og_ring_pop(engine->free_places);
    if (!place)
        return false;
    bool taken = og_ahead_take(engine->ahead, &guess);
    bool begun = taken && og_reads_enter_if_free(engine->reads, og_slide_key(guess.slide));
    if (begun)
        begin_guess(worker, &guess, place);
    else
        og_engine_put(engine->free_places, place);
    if (begun)
        og_slide_unref(&guess.slide);
    else if (taken)
        og_ahead_put_back(engine->ahead, &guess, worker->metrics);
    return begun;
}

/* Demand under way drains first; then stored tiles and families take turns, so that neither waits for ever. */
static bool work_once(struct og_worker *worker)
{
    struct og_task *task = pop_task(worker->engine, OG_DEMAND);
    if (task) {
        og_stage_task(worker, task, OG_DEMAND);
        return true;
    }
    worker->tiles_first = !worker->tiles_first;
    if (worker->tiles_first ? serve_tile(worker) || serve_family(worker) : serve_family(worker) || serve_tile(worker))
        return true;
    if (worker->reserved)
        return false;
    task = pop_task(worker->engine, OG_SPECULATION);
    if (task)
        og_stage_task(worker, task, OG_SPECULATION);
    return task || follow_guess(worker);
}

/*
 * Whoever was woken on this processor, an event thread with an answer or a worker whose read has come, gets on now: by
 * itself the system may let it wait for milliseconds, beside a processor that idles. Not while families queue: all
 * processors are busy then, and tiles per second are what counts.
 */
static void give_way(const struct og_engine *engine)
{
    if (og_ring_is_empty(engine->front_families))
        sched_yield();
}

/* What it notes about itself is relaxed: numbers that stand alone, of which this thread is the only writer. */
static bool step(struct og_worker *worker)
{
    atomic_store_explicit(&worker->busy_since_ns, worker->engine->options.clock(), memory_order_relaxed);
    if (!work_once(worker))
        return false;
    give_way(worker->engine);
    uint64_t steps = atomic_load_explicit(&worker->steps, memory_order_relaxed);
    atomic_store_explicit(&worker->steps, steps + 1, memory_order_relaxed);
    return true;
}

static void rest(struct og_worker *worker, struct og_park *bed, uint32_t ticket)
{
    atomic_store_explicit(&worker->busy_since_ns, 0, memory_order_relaxed);
    og_park_wait(bed, ticket);
}

void *og_worker_run(void *argument)
{
    struct og_worker *worker = argument;
    struct og_engine *engine = worker->engine;
    struct og_park *bed = worker->reserved ? &engine->reserve : &engine->work;
    while (!atomic_load_explicit(&engine->ended, memory_order_acquire)) { /* N4 pairs with destroy's release */
        if (step(worker))
            continue;
        uint32_t ticket = og_park_prepare(bed);
        if (step(worker) || atomic_load_explicit(&engine->ended, memory_order_acquire)) /* N4 */
            og_park_cancel(bed);
        else
            rest(worker, bed, ticket);
    }
    return NULL;
}
