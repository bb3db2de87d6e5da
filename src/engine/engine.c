/* SPDX-License-Identifier: MIT */
#include "engine/engine.h"

#include <stdlib.h>
#include <sys/random.h>

#include "engine_parts.h"

enum { NS_PER_S = 1000000000 };

static const uint64_t stuck_ns = 10 * (uint64_t)NS_PER_S;

/* Beside a slide's content and the place of a tile: all that the tile's bytes depend on. */
static uint64_t recipe_of(const struct og_engine_options *options)
{
    uint64_t recipe = og_key_mix(og_jpeg_version(), (uint64_t)options->quality);
    for (const char *c = OG_VERSION; *c; c++)
        recipe = og_key_mix(recipe, (unsigned char)*c);
    return recipe;
}

static bool make_rings(struct og_engine *engine)
{
    unsigned jobs = engine->options.jobs, tasks = engine->options.families * OG_FAMILY_SLOTS;
    engine->free_jobs = og_ring_new(jobs);
    engine->free_places = og_ring_new(engine->options.families);
    engine->front_families = og_ring_new(jobs);
    engine->front_tiles = og_ring_new(jobs);
    bool made = engine->free_jobs && engine->free_places && engine->front_families && engine->front_tiles;
    for (unsigned stage = 0; stage < OG_STAGES; stage++)
        for (unsigned urgency = 0; urgency < OG_URGENCIES; urgency++) {
            engine->stage[stage][urgency] = og_ring_new(tasks);
            made = made && engine->stage[stage][urgency];
        }
    return made;
}

static bool fill_pools(struct og_engine *engine)
{
    engine->jobs = calloc(engine->options.jobs, sizeof *engine->jobs);
    if (!engine->jobs)
        return false;
    for (unsigned i = 0; i < engine->options.jobs; i++) {
        struct og_job *job = &engine->jobs[i];
        if (og_job_init(job) != OG_OK)
            return false;
        og_engine_put(engine->free_jobs, job);
    }
    for (unsigned i = 0; i < engine->options.families; i++) {
        struct og_workplace *place = og_workplace_new(engine->options.huge_pages);
        if (!place)
            return false;
        og_engine_put(engine->free_places, place);
    }
    return true;
}

static void destroy_readers(struct og_engine *engine)
{
    for (unsigned i = 0; i < engine->options.workers; i++)
        og_reader_destroy(&engine->workers[i].reader);
}

static enum og_status make_readers_of(struct og_engine *engine, enum og_reader_kind kind, struct og_error *err)
{
    enum og_status status = OG_OK;
    for (unsigned i = 0; status == OG_OK && i < engine->options.workers; i++)
        status = og_reader_new(kind, &engine->workers[i].reader, err);
    if (status == OG_OK)
        engine->reader = og_reader_kind(engine->workers[0].reader);
    else
        destroy_readers(engine);
    return status;
}

/* All workers read in one way, so that one line in the log tells it. */
static enum og_status make_readers(struct og_engine *engine)
{
    struct og_error err = {0};
    enum og_reader_kind wanted = engine->options.reader;
    if (make_readers_of(engine, wanted, &err) == OG_OK)
        return OG_OK;
    og_log_write(engine->log, OG_LOG_WARN, "engine", "reader %s does not work here, slides are read with pread: %s",
                 og_reader_kind_name(wanted), err.text);
    return make_readers_of(engine, OG_READER_PREAD, &err);
}

static enum og_status start_workers(struct og_engine *engine, struct og_metrics *metrics)
{
    engine->workers = calloc(engine->options.workers, sizeof *engine->workers);
    if (!engine->workers || make_readers(engine) != OG_OK)
        return OG_NO_MEMORY;
    for (unsigned i = 0; i < engine->options.workers; i++) {
        struct og_worker *worker = &engine->workers[i];
        worker->engine = engine;
        worker->reserved = i == 0 && engine->options.workers > 1;
        worker->metrics = og_metrics_take(metrics);
        worker->decoder = og_jpeg_decoder_new(engine->kernels);
        worker->encoder = og_jpeg_encoder_new();
        worker->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
        if (!worker->decoder || !worker->encoder || !worker->buffer ||
            og_thread_start_with(&engine->options.threads, &worker->thread, "worker", i, og_worker_run, worker) !=
                OG_OK)
            return OG_NO_MEMORY;
        worker->started = true;
    }
    return OG_OK;
}

enum og_status og_engine_new(const struct og_engine_options *options, const struct og_library *library,
                             struct og_log *log, struct og_metrics *metrics, struct og_engine **out,
                             struct og_error *err)
{
    struct og_engine *engine = aligned_alloc(alignof(struct og_engine), sizeof *engine);
    if (!engine)
        return og_error_set(err, OG_NO_MEMORY, "out of memory for the engine");
    *engine = (struct og_engine){.options = *options, .library = library, .log = log};
    og_engine_fill_defaults(&engine->options);
    engine->kernels = og_kernels_choose();
    engine->recipe = recipe_of(&engine->options);
    if (getrandom(&engine->seed, sizeof engine->seed, 0) != sizeof engine->seed)
        engine->seed = engine->options.clock();
    og_park_init(&engine->work);
    og_park_init(&engine->reserve);
    engine->bufs = og_buf_pool_new();
    engine->cache =
        engine->bufs ? og_cache_new(engine->options.cache_bytes, OG_ENGINE_CACHE_SHARDS, engine->bufs) : NULL;
    engine->flight = og_flight_new();
    engine->reads = og_reads_new(engine->options.workers, engine->options.jobs);
    engine->ahead = og_ahead_new(engine->seed);
    if (!engine->cache || !engine->flight || !engine->reads || !engine->ahead || !make_rings(engine) ||
        !fill_pools(engine) || start_workers(engine, metrics) != OG_OK) {
        og_engine_destroy(&engine);
        return og_error_set(err, OG_NO_MEMORY, "out of memory or threads for the engine");
    }
    *out = engine;
    return OG_OK;
}

static struct og_edition edition_of(const struct og_slide *slide)
{
    return (struct og_edition){.generation = og_slide_facts(slide)->generation,
                               .modified_s = og_slide_modified_s(slide)};
}

/* Takes the slide, which has this tile. */
static struct og_tile_name name_of(const struct og_engine *engine, struct og_slide *slide, uint32_t level, uint32_t x,
                                   uint32_t y)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    return (struct og_tile_name){.slide = slide,
                                 .level = level,
                                 .x = x,
                                 .y = y,
                                 .key = og_key_make(engine->seed, og_slide_key(slide), level, x, y),
                                 .content = og_key_make(engine->recipe, facts->generation, level, x, y).hash,
                                 .edition = edition_of(slide)};
}

enum og_status og_engine_name(const struct og_engine *engine, const char *id, size_t id_length, uint64_t level,
                              uint64_t x, uint64_t y, struct og_tile_name *out, const struct og_metrics_block *metrics)
{
    *out = (struct og_tile_name){0};
    struct og_slide *slide = og_library_find(engine->library, id, id_length, metrics);
    if (!slide)
        return OG_NOT_FOUND;
    if (level > UINT32_MAX || x > UINT32_MAX || y > UINT32_MAX ||
        !og_pyramid_has(&og_slide_facts(slide)->pyramid, (uint32_t)level, (uint32_t)x, (uint32_t)y)) {
        og_slide_unref(&slide);
        return OG_NOT_FOUND;
    }
    *out = name_of(engine, slide, (uint32_t)level, (uint32_t)x, (uint32_t)y);
    return OG_OK;
}

enum og_status og_engine_thumbnail(const struct og_engine *engine, const char *id, size_t id_length,
                                   struct og_tile_name *out, const struct og_metrics_block *metrics)
{
    *out = (struct og_tile_name){0};
    struct og_slide *slide = og_library_find(engine->library, id, id_length, metrics);
    if (!slide)
        return OG_NOT_FOUND;
    const struct og_pyramid *pyramid = &og_slide_facts(slide)->pyramid;
    uint32_t level = pyramid->top;
    while (og_pyramid_has(pyramid, level, 1, 0) || og_pyramid_has(pyramid, level, 0, 1))
        level--;
    *out = name_of(engine, slide, level, 0, 0);
    return OG_OK;
}

void og_tile_name_release(struct og_tile_name *name)
{
    og_slide_unref(&name->slide);
}

static struct og_errand errand_for(const struct og_engine *engine, const struct og_tile_name *name)
{
    const struct og_slide_facts *facts = og_slide_facts(name->slide);
    unsigned depth = facts->pyramid.top - name->level;
    struct og_errand errand = {name->slide, name->key, .level = name->level, .x = name->x, .y = name->y};
    if (!facts->residual || depth >= 2)
        return errand;
    unsigned shift = 2 - depth;
    uint32_t mask = (1u << shift) - 1;
    errand.family = true;
    errand.x >>= shift;
    errand.y >>= shift;
    errand.key = og_key_make(engine->seed, og_slide_key(name->slide), OG_KEY_FAMILY, errand.x, errand.y);
    errand.slot = og_place_slot((struct og_place){.depth = depth, .dx = name->x & mask, .dy = name->y & mask});
    return errand;
}

/* A hit on what was only guessed: the pan goes on. */
static void note_hit(struct og_engine *engine, const struct og_tile_name *name, struct og_metrics_block *metrics)
{
    struct og_errand errand = errand_for(engine, name);
    struct og_family_name family = {errand.key, name->slide, errand.x, errand.y};
    if (errand.family && og_ahead_note_hit(engine->ahead, &family, metrics))
        og_engine_wake(engine, OG_SPECULATION);
}

struct og_buf *og_engine_find(struct og_engine *engine, const struct og_tile_name *name,
                              struct og_metrics_block *metrics)
{
    struct og_buf *buf = og_cache_get(engine->cache, og_metrics_seat(metrics), &name->key);
    og_count(metrics, buf ? OG_COUNT_CACHE_HIT : OG_COUNT_CACHE_MISS, 1);
    if (buf)
        note_hit(engine, name, metrics);
    return buf;
}

/*
 * Makes the job that others may join; OG_PENDING, or why not. The shard is locked: a job that has just left it has put
 * its tiles into the cache before, so a request that missed both in turn finds its tile there now.
 */
static enum og_status lead(struct og_engine *engine, struct og_flight_shard *shard, const struct og_tile_name *name,
                           const struct og_errand *errand, struct og_waiter *waiter, unsigned seat, struct og_buf **out)
{
    *out = og_cache_get(engine->cache, seat, &name->key);
    if (*out)
        return OG_OK;
    struct og_job *job;
    enum og_status status = og_engine_lead_locked(engine, shard, errand, waiter->since_ns, &job);
    if (status != OG_OK)
        return status;
    struct og_ready none = {0};
    struct og_buf *nothing = NULL;
    status = og_job_join_locked(job, errand->slot, waiter, &none, &nothing); /* nobody else can: the shard is locked */
    og_engine_put(errand->family ? engine->front_families : engine->front_tiles, job);
    return status;
}

void og_engine_submit(struct og_engine *engine, const struct og_tile_name *name, struct og_waiter *waiter,
                      struct og_metrics_block *metrics)
{
    struct og_errand errand = errand_for(engine, name);
    struct og_ready ready = {0};
    struct og_buf *buf = NULL;
    enum og_status status;
    waiter->since_ns = engine->options.clock();
    waiter->job = errand.key;
    waiter->slot = errand.slot;
    waiter->spent = (struct og_spent){0};

    struct og_flight_shard *shard = og_flight_lock(engine->flight, &errand.key);
    struct og_job *job = og_engine_is_stopping(engine) ? NULL : og_flight_find_locked(shard, &errand.key);
    bool joined = job != NULL;
    if (joined) {
        pthread_mutex_lock(&job->lock);
        status = og_job_join_locked(job, errand.slot, waiter, &ready, &buf);
        pthread_mutex_unlock(&job->lock);
    } else {
        status = lead(engine, shard, name, &errand, waiter, og_metrics_seat(metrics), &buf);
    }
    og_flight_unlock(shard);

    if (status == OG_PENDING) {
        og_count(metrics, joined ? OG_COUNT_JOB_JOINED : OG_COUNT_JOB_LED, 1);
        og_engine_push(engine, &ready);
        og_engine_wake(engine, OG_DEMAND);
        return;
    }
    og_count(metrics, joined || buf ? OG_COUNT_JOB_JOINED : OG_COUNT_JOB_REFUSED, 1);
    waiter->done(waiter, status, buf);
}

bool og_engine_withdraw(struct og_engine *engine, struct og_waiter *waiter, struct og_metrics_block *metrics)
{
    bool taken = false;
    struct og_flight_shard *shard = og_flight_lock(engine->flight, &waiter->job);
    struct og_job *job = og_flight_find_locked(shard, &waiter->job);
    if (job) {
        pthread_mutex_lock(&job->lock);
        taken = og_job_withdraw_locked(job, waiter->slot, waiter);
        pthread_mutex_unlock(&job->lock);
    }
    og_flight_unlock(shard);
    og_count(metrics, OG_COUNT_DEMAND_WITHDRAWN, taken);
    return taken;
}

struct og_buf *og_engine_slides_json(const struct og_engine *engine, const struct og_metrics_block *metrics)
{
    return og_library_json(engine->library, metrics);
}

static struct og_buf *document(const struct og_engine *engine, const char *id, size_t id_length,
                               struct og_buf *(*choose)(const struct og_slide *slide), struct og_edition *edition,
                               const struct og_metrics_block *metrics)
{
    struct og_slide *slide = og_library_find(engine->library, id, id_length, metrics);
    if (!slide)
        return NULL;
    struct og_buf *buf = og_buf_ref(choose(slide));
    *edition = edition_of(slide);
    og_slide_unref(&slide);
    return buf;
}

struct og_buf *og_engine_slide_json(const struct og_engine *engine, const char *id, size_t id_length,
                                    struct og_edition *edition, const struct og_metrics_block *metrics)
{
    return document(engine, id, id_length, og_slide_json, edition, metrics);
}

struct og_buf *og_engine_slide_dzi(const struct og_engine *engine, const char *id, size_t id_length,
                                   struct og_edition *edition, const struct og_metrics_block *metrics)
{
    return document(engine, id, id_length, og_slide_dzi, edition, metrics);
}

static uint64_t queued(const struct og_engine *engine, enum og_stage stage)
{
    return og_ring_count(engine->stage[stage][OG_DEMAND]) + og_ring_count(engine->stage[stage][OG_SPECULATION]);
}

static uint64_t sum_steps(struct og_engine *engine)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < engine->options.workers; i++)
        sum += atomic_load_explicit(&engine->workers[i].steps, memory_order_relaxed); /* a gauge */
    return sum;
}

static unsigned count_stuck(struct og_engine *engine)
{
    uint64_t now = engine->options.clock();
    unsigned stuck = 0;
    for (unsigned i = 0; i < engine->options.workers; i++) {
        uint64_t since = atomic_load_explicit(&engine->workers[i].busy_since_ns, memory_order_relaxed); /* a gauge */
        stuck += since != 0 && now > since && now - since > stuck_ns;
    }
    return stuck;
}

static bool has_work_for(const struct og_engine *engine, const struct og_worker *worker)
{
    bool any = !og_ring_is_empty(engine->front_families) || !og_ring_is_empty(engine->front_tiles);
    for (unsigned stage = 0; stage < OG_STAGES; stage++)
        any = any || !og_ring_is_empty(engine->stage[stage][OG_DEMAND]) ||
              (!worker->reserved && !og_ring_is_empty(engine->stage[stage][OG_SPECULATION]));
    return any;
}

bool og_engine_has_hand_free(const struct og_engine *engine)
{
    bool busy = false, idle = false;
    for (unsigned i = 0; i < engine->options.workers; i++) {
        const struct og_worker *worker = &engine->workers[i];
        bool sleeps = atomic_load_explicit(&worker->busy_since_ns, memory_order_relaxed) == 0; /* a gauge */
        busy = busy || !sleeps;
        idle = idle || (sleeps && !has_work_for(engine, worker));
    }
    return busy && idle;
}

struct og_engine_gauges og_engine_gauges(struct og_engine *engine)
{
    struct og_cache_counts cache = og_cache_count(engine->cache);
    return (struct og_engine_gauges){
        .cache_entries = cache.entries,
        .cache_bytes = cache.bytes,
        .cache_capacity_bytes = engine->options.cache_bytes,
        .slides = og_library_count(engine->library),
        .workers = engine->options.workers,
        .workers_stuck = count_stuck(engine),
        .steps = sum_steps(engine),
        .hand_free = og_engine_has_hand_free(engine),
        .jobs_in_flight = atomic_load_explicit(&engine->in_flight, memory_order_relaxed), /* a gauge */
        .decode_queue = queued(engine, OG_STAGE_DECODE),
        .residual_queue = queued(engine, OG_STAGE_RESIDUAL),
        .encode_queue = queued(engine, OG_STAGE_ENCODE),
        .reader = engine->reader,
    };
}

static void destroy_workers(struct og_engine *engine)
{
    for (unsigned i = 0; engine->workers && i < engine->options.workers; i++) {
        struct og_worker *worker = &engine->workers[i];
        if (worker->started)
            og_thread_join(&worker->thread);
        og_jpeg_decoder_destroy(&worker->decoder);
        og_jpeg_encoder_destroy(&worker->encoder);
        og_reader_destroy(&worker->reader);
        free(worker->buffer);
        og_flat_tiles_forget_all(&worker->flat);
    }
    free(engine->workers);
}

static void destroy_rings(struct og_engine *engine)
{
    struct og_workplace *place;
    while (engine->free_places && (place = og_ring_pop(engine->free_places)))
        og_workplace_destroy(&place);
    for (unsigned stage = 0; stage < OG_STAGES; stage++)
        for (unsigned urgency = 0; urgency < OG_URGENCIES; urgency++)
            og_ring_destroy(&engine->stage[stage][urgency]);
    og_ring_destroy(&engine->front_tiles);
    og_ring_destroy(&engine->front_families);
    og_ring_destroy(&engine->free_places);
    og_ring_destroy(&engine->free_jobs);
}

void og_engine_destroy(struct og_engine **pointer)
{
    struct og_engine *engine = *pointer;
    *pointer = NULL;
    if (!engine)
        return;
    if (engine->workers)
        og_engine_drain(engine, OG_ENGINE_FOREVER);
    atomic_store_explicit(&engine->ended, true, memory_order_release); /* N4 */
    og_park_notify_all(&engine->work);
    og_park_notify_all(&engine->reserve);
    destroy_workers(engine);
    for (unsigned i = 0; engine->jobs && i < engine->options.jobs; i++)
        og_job_fini(&engine->jobs[i]);
    free(engine->jobs);
    destroy_rings(engine);
    og_ahead_destroy(&engine->ahead);
    og_reads_destroy(&engine->reads);
    og_flight_destroy(&engine->flight);
    og_cache_destroy(&engine->cache);
    og_buf_pool_destroy(&engine->bufs);
    free(engine);
}
