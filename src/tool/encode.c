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
#include "tool/parallel.h"
#include "tool/zorder.h"

enum { SAMPLE_LEAST = 8, SAMPLE_MOST = 24, SAMPLE_SHARE = 8, ROUNDS = 2 };

struct encode {
    const struct og_source *source;
    const struct og_encode_options *options;
    struct og_plan plan;
    unsigned threads;
    uint64_t wanted; /* families of this pass */
    struct og_writer *writer;
    struct og_coarse *coarse;
    struct og_digest *digest;
    struct og_plan_counts counts;
    struct og_tally tally[3];
    uint64_t pixels_done;
};

struct hand {
    const struct encode *encode;
    struct og_family_maker *maker;
};

static uint64_t families(const struct encode *e)
{
    return og_pyramid_tiles(&e->plan.pyramid, 2);
}

static enum og_status join(void *context, void **worker, struct og_error *err)
{
    const struct encode *e = context;
    struct hand *hand = *worker = calloc(1, sizeof *hand);
    if (!hand)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    hand->encode = e;
    return og_family_maker_new(&e->plan, e->source, &hand->maker, err);
}

static void leave(void **worker)
{
    struct hand *hand = *worker;
    if (hand)
        og_family_maker_destroy(&hand->maker);
    free(hand);
    *worker = NULL;
}

/* The middles of `wanted` equal parts of the Z order: all families, or a sample spread over the slide. */
static enum og_status make_family(void *worker, uint64_t piece, void **item, struct og_error *err)
{
    struct hand *hand = worker;
    const struct encode *e = hand->encode;
    uint64_t at = (2 * piece + 1) * families(e) / (2 * e->wanted);
    struct og_cell cell = og_zorder_cell(og_pyramid_grid(&e->plan.pyramid, 2), at);
    struct og_made_family *made;
    enum og_status status = og_family_maker_make(hand->maker, cell.x, cell.y, &made, err);
    *item = made;
    return status;
}

static void drop(void *item)
{
    struct og_made_family *made = item;
    og_made_family_destroy(&made);
}

static bool watch(void *context)
{
    const struct encode *e = context;
    const struct og_pyramid *p = &e->plan.pyramid;
    return !e->options->watch || e->options->watch(e->options->context, e->pixels_done, (uint64_t)p->width * p->height);
}

/* Makes `wanted` of the slide's families and hands each to `take` in order. */
static enum og_status make(struct encode *e, uint64_t wanted,
                           enum og_status (*take)(void *context, uint64_t piece, void *item, struct og_error *err),
                           struct og_error *err)
{
    e->wanted = wanted;
    struct og_parallel_work work = {.pieces = wanted,
                                    .context = e,
                                    .join = join,
                                    .make = make_family,
                                    .leave = leave,
                                    .take = take,
                                    .drop = drop,
                                    .watch = watch};
    enum og_status status = og_parallel_run(&work, "encode", e->threads, err);
    if (status == OG_STOPPING)
        og_error_set(err, OG_STOPPING, "stopped before the slide was whole; nothing was kept");
    return status;
}

static enum og_status count(void *context, uint64_t piece, void *item, struct og_error *err)
{
    (void)piece, (void)err;
    struct encode *e = context;
    const struct og_made_family *made = item;
    og_plan_add_counts(&e->counts, &made->counts);
    return OG_OK;
}

static uint64_t sample_size(uint64_t all)
{
    uint64_t some = all / SAMPLE_SHARE;
    some = some < SAMPLE_LEAST ? SAMPLE_LEAST : some > SAMPLE_MOST ? SAMPLE_MOST : some;
    return some < all ? some : all;
}

/* Huffman tables fit what the tables before them made of a sample: each round gets nearer, and the first may be rough.
 * Rounded levels do not depend on tables, so that one round is enough for them. */
static enum og_status gather(struct encode *e, struct og_error *err)
{
    uint64_t some = sample_size(families(e));
    unsigned rounds = e->options->plain ? 1 : ROUNDS;
    enum og_status status = OG_OK;
    for (unsigned round = 0; round < rounds && status == OG_OK; round++) {
        e->counts = (struct og_plan_counts){0};
        status = make(e, round + 1 < rounds ? (some + 1) / 2 : some, count, err);
        if (status == OG_OK)
            status = og_plan_fit(&e->plan, &e->counts, err);
    }
    return status;
}

static enum og_status start(struct encode *e, const char *path, struct og_error *err)
{
    const struct og_source_facts *facts = &e->source->facts;
    const struct og_encode_options *o = e->options;
    const struct og_plan_settings settings = {o->base_quality, o->l1_step, o->l0_step, !o->plain};
    enum og_status status = og_plan_make(facts->width, facts->height, &settings, &e->plan, err);
    if (status != OG_OK)
        return og_error_prefix(err, "%s", facts->name);
    e->threads = o->threads ? o->threads : og_thread_cores();
    e->threads = e->threads < OG_ENCODE_THREADS_MAX ? e->threads : OG_ENCODE_THREADS_MAX;
    status = facts->file ? og_digest_start(facts->file, &e->digest, err) : OG_OK;
    if (status == OG_OK)
        status = gather(e, err);
    if (status == OG_OK)
        status = og_writer_new(path, &e->plan, &e->writer, err);
    if (status == OG_OK)
        status = og_coarse_new(&e->plan, e->writer, &e->coarse, err);
    return status;
}

static enum og_status assemble(void *context, uint64_t piece, void *item, struct og_error *err)
{
    (void)piece;
    struct encode *e = context;
    const struct og_made_family *made = item;
    struct og_span bytes = {made->bytes->data, made->bytes->size};
    enum og_status status = og_writer_family(e->writer, made->fx, made->fy, &made->record, bytes, err);
    if (status == OG_OK)
        status = og_coarse_add(e->coarse, made->fx, made->fy, made->base, err);
    for (unsigned depth = 0; depth < 3; depth++)
        og_tally_merge(&e->tally[depth], &made->tally[depth]);
    e->pixels_done += made->tally[0].samples;
    return status;
}

static enum og_status run(struct encode *e, struct og_error *err)
{
    return make(e, families(e), assemble, err);
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
    if (e->digest)
        (void)!og_digest_finish(&e->digest, true, NULL, 0, NULL, &ignored);
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
