/* SPDX-License-Identifier: MIT */
#include "tool/encode.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "tool/coarse.h"
#include "tool/digest.h"
#include "tool/source_kept.h"

struct encode {
    const struct og_source *source;
    struct og_kept_source *kept;
    const struct og_encode_options *options;
    struct og_plan plan;
    struct og_plan_settings settings;
    struct og_family_run run;
    struct og_writer *writer;
    struct og_coarse *coarse;
    struct og_digest *digest;
    struct og_tally tally[3];
    uint64_t pixels_done;
    bool settled;
};

static bool watch(void *watcher)
{
    const struct encode *e = watcher;
    const struct og_source_facts *facts = &e->source->facts;
    uint64_t pixels = e->settled ? (uint64_t)facts->width * facts->height : 0;
    return !e->options->watch || e->options->watch(e->options->context, e->pixels_done, pixels);
}

static enum og_status start(struct encode *e, const char *path, struct og_error *err)
{
    const struct og_source_facts *facts = &e->source->facts;
    unsigned threads = e->options->threads ? e->options->threads : og_thread_cores();
    e->kept = og_kept_source_new(e->source);
    if (!e->kept)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    e->run = (struct og_family_run){.plan = &e->plan,
                                    .source = og_kept_source_view(e->kept),
                                    .threads = threads < OG_ENCODE_THREADS_MAX ? threads : OG_ENCODE_THREADS_MAX,
                                    .watch = watch,
                                    .watcher = e};
    enum og_status status = og_settle_begin(facts, &e->options->wish, &e->plan, &e->settings, err);
    if (status == OG_OK)
        status = og_writer_new(path, &e->plan, &e->writer, err);
    if (status == OG_OK && facts->file)
        status = og_digest_start(facts->file, &e->digest, err);
    if (status == OG_OK)
        status = og_settle(&e->run, &e->options->wish, &e->plan, &e->settings, err);
    e->settled = status == OG_OK;
    if (status == OG_OK)
        status = og_coarse_new(&e->plan, e->writer, &e->coarse, err);
    return status;
}

static enum og_status assemble(void *context, const struct og_made_family *made, struct og_error *err)
{
    struct encode *e = context;
    struct og_span bytes = {made->bytes->data, made->bytes->size};
    enum og_status status = og_writer_family(e->writer, made->fx, made->fy, &made->record, bytes, err);
    if (status == OG_OK)
        status = og_coarse_add(e->coarse, made->fx, made->fy, made->base, err);
    for (unsigned depth = 0; depth < 3; depth++)
        og_tally_merge(&e->tally[depth], &made->tally[depth]);
    e->pixels_done += made->tally[0].samples;
    return status;
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
        .tuning = e->settings.tuning,
        .mpp_x = facts->mpp_x,
        .mpp_y = facts->mpp_y,
        .magnification = facts->magnification,
        .encoder = {OG_VERSION, e->settings.base_quality, e->settings.l1_step, og_plan_whole_step(e->settings.l0_step),
                    e->settings.chroma_step, e->options->wish.l0_step ? 0 : e->options->wish.aim},
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
    og_kept_source_destroy(&e->kept);
}

enum og_status og_encode(const struct og_source *source, const char *path, const struct og_encode_options *options,
                         struct og_encode_result *out, struct og_error *err)
{
    uint64_t began = og_clock_monotonic_ns();
    struct encode e = {.source = source, .options = options};
    enum og_status status = start(&e, path, err);
    if (status == OG_OK)
        status = og_family_run_all(&e.run, assemble, &e, err);
    if (status == OG_STOPPING)
        og_error_set(err, OG_STOPPING, "stopped before the slide was whole; nothing was kept");
    if (status == OG_OK)
        status = describe(&e, &out->description, err);
    if (status == OG_OK && og_gate_check(&options->gate, &e.tally[0], err) != OG_OK)
        status = og_error_prefix(err, "%s: was not written", path);
    if (status == OG_OK) {
        out->written = og_writer_written(e.writer);
        out->threads = e.run.threads;
        status = og_writer_finish(e.writer, &out->description, &out->file_bytes, err);
    }
    end(&e);
    out->seconds = (double)(og_clock_monotonic_ns() - began) / 1e9;
    return status;
}
