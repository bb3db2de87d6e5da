/* SPDX-License-Identifier: MIT */
#include "tool/encode.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "image/family.h"
#include "tool/coarse.h"
#include "tool/digest.h"
#include "tool/window.h"
#include "tool/zorder.h"

enum { WATCH_MS = 150 };

struct encode {
    const struct og_source *source;
    const struct og_encode_options *options;
    struct og_plan plan;
    struct og_window *window;
    struct og_thread workers[OG_ENCODE_THREADS_MAX];
    unsigned threads, started;
    /* the calling thread's */
    struct og_writer *writer;
    struct og_coarse *coarse;
    struct og_digest *digest;
    struct og_tally tally[3];
    uint64_t pixels_done;
};

static uint64_t families(const struct encode *e)
{
    struct og_extent grid = og_pyramid_grid(&e->plan.pyramid, 2);
    return (uint64_t)grid.width * grid.height;
}

static void drop_made(void *item)
{
    struct og_made_family *made = item;
    og_made_family_destroy(&made);
}

static void *work(void *argument)
{
    struct encode *e = argument;
    struct og_family_maker *maker;
    struct og_error err = {0};
    uint64_t index;
    enum og_status status = og_family_maker_new(&e->plan, e->source, &maker, &err);
    while (status == OG_OK && og_window_take(e->window, &index)) {
        struct og_cell cell = og_zorder_cell(og_pyramid_grid(&e->plan.pyramid, 2), index);
        struct og_made_family *made;
        status = og_family_maker_make(maker, cell.x, cell.y, &made, &err);
        if (status == OG_OK)
            og_window_give(e->window, index, made);
    }
    if (status != OG_OK)
        og_window_fail(e->window, &err);
    og_family_maker_destroy(&maker);
    return NULL;
}

static enum og_status start(struct encode *e, const char *path, struct og_error *err)
{
    const struct og_source_facts *facts = &e->source->facts;
    const struct og_encode_options *o = e->options;
    enum og_status status =
        og_plan_make(facts->width, facts->height, o->base_quality, o->l1_step, o->l0_step, &e->plan, err);
    if (status != OG_OK)
        return og_error_prefix(err, "%s", facts->name);
    e->threads = o->threads ? o->threads : og_thread_cores();
    e->threads = e->threads < OG_ENCODE_THREADS_MAX ? e->threads : OG_ENCODE_THREADS_MAX;
    e->window = og_window_new(families(e), 2 * e->threads + 2, drop_made);
    if (!e->window)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    status = og_writer_new(path, &e->plan, &e->writer, err);
    if (status == OG_OK)
        status = og_coarse_new(&e->plan, e->writer, &e->coarse, err);
    if (status == OG_OK && facts->file)
        status = og_digest_start(facts->file, &e->digest, err);
    while (status == OG_OK && e->started < e->threads) {
        status = og_thread_start(&e->workers[e->started], "encode", e->started, work, e);
        if (status != OG_OK)
            og_error_set(err, status, "cannot start thread %u of %u", e->started + 1, e->threads);
        else
            e->started++;
    }
    return status;
}

static enum og_status assemble(struct encode *e, const struct og_made_family *made, struct og_error *err)
{
    struct og_span bytes = {made->bytes->data, made->bytes->size};
    enum og_status status = og_writer_family(e->writer, made->fx, made->fy, &made->record, bytes, err);
    if (status == OG_OK)
        status = og_coarse_add(e->coarse, made->fx, made->fy, made->base, err);
    for (unsigned depth = 0; depth < 3; depth++)
        og_tally_merge(&e->tally[depth], &made->tally[depth]);
    e->pixels_done += made->tally[0].samples;
    return status;
}

static bool watched(const struct encode *e)
{
    const struct og_pyramid *p = &e->plan.pyramid;
    return !e->options->watch || e->options->watch(e->options->context, e->pixels_done, (uint64_t)p->width * p->height);
}

static enum og_status run(struct encode *e, struct og_error *err)
{
    for (uint64_t left = families(e); left > 0;) {
        void *item = NULL;
        enum og_status status = og_window_next(e->window, WATCH_MS, &item, err);
        if (status == OG_OK) {
            struct og_made_family *made = item;
            status = assemble(e, made, err);
            og_made_family_destroy(&made);
            left--;
        }
        if (status != OG_OK && status != OG_PENDING)
            return status;
        if (!watched(e))
            return og_error_set(err, OG_STOPPING, "stopped before the slide was whole; nothing was kept");
    }
    return OG_OK;
}

static enum og_status describe(struct encode *e, struct og_description *d, struct og_error *err)
{
    const struct og_source_facts *facts = &e->source->facts;
    struct og_written written = og_writer_written(e->writer);
    *d = (struct og_description){
        .width = facts->width,
        .height = facts->height,
        .tile = OG_TILE_SIZE,
        .upsample = OG_PREDICTOR_NAME,
        .mpp_x = facts->mpp_x,
        .mpp_y = facts->mpp_y,
        .magnification = facts->magnification,
        .encoder = {OG_VERSION, e->options->base_quality, e->options->l1_step, e->options->l0_step},
    };
    g_strlcpy(d->vendor, facts->vendor, sizeof d->vendor);
    g_strlcpy(d->icc, facts->icc, sizeof d->icc);
    g_strlcpy(d->source.name, facts->name, sizeof d->source.name);
    for (unsigned depth = 0; depth < 3; depth++) {
        d->fidelity[depth] = og_tally_fidelity(&e->tally[depth]);
        d->bytes[depth] = written.bytes[depth];
    }
    return e->digest
               ? og_digest_finish(&e->digest, false, d->source.digest, sizeof d->source.digest, &d->source.size, err)
               : OG_OK;
}

static void end(struct encode *e)
{
    struct og_error ignored;
    if (e->window)
        og_window_stop(e->window);
    for (unsigned i = 0; i < e->started; i++)
        og_thread_join(&e->workers[i]);
    if (e->digest)
        (void)!og_digest_finish(&e->digest, true, NULL, 0, NULL, &ignored);
    og_window_destroy(&e->window);
    og_coarse_destroy(&e->coarse);
    og_writer_destroy(&e->writer);
    og_plan_release(&e->plan);
}

enum og_status og_encode(const struct og_source *source, const char *path, const struct og_encode_options *options,
                         struct og_encode_result *out, struct og_error *err)
{
    uint64_t began = og_clock_monotonic_ns();
    struct encode e = {.source = source, .options = options};
    enum og_status status = start(&e, path, err);
    if (status == OG_OK)
        status = run(&e, err);
    if (status == OG_OK)
        status = describe(&e, &out->description, err);
    if (status == OG_OK && og_gate_check(&options->gate, &out->description.fidelity[0], err) != OG_OK)
        status = og_error_prefix(err, "%s: was not written", path);
    if (status == OG_OK) {
        out->written = og_writer_written(e.writer);
        out->threads = e.threads;
        status = og_writer_finish(e.writer, &out->description, &out->file_bytes, err);
    }
    end(&e);
    out->seconds = (double)(og_clock_monotonic_ns() - began) / 1e9;
    return status;
}
