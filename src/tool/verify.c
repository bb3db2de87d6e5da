/* SPDX-License-Identifier: MIT */
#include "tool/verify.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tool/digest.h"
#include "tool/halver.h"
#include "tool/parallel.h"
#include "tool/reference.h"
#include "tool/unpack.h"
#include "tool/zorder.h"

enum { T = OG_TILE_SIZE, L0_TILES = 16 };

struct verify {
    const struct og_source *source;
    const struct og_slide *slide;
    const struct og_verify_options *options;
    struct og_pyramid pyramid;
    struct og_scorer scorer;
    /* the calling thread's */
    struct og_unpacker *unpacker;
    struct og_halver *halver;
    struct og_verified *out;
};

struct worker {
    const struct verify *verify;
    struct og_reference *reference;
    struct og_unpacker *unpacker;
};

struct scored_family {
    uint32_t fx, fy;
    struct og_scores level[3];
    struct og_tile_score full_size[L0_TILES];
    unsigned full_size_count;
    struct og_plane base[3]; /* source planes of the L2 tile, valid part; memory of this struct's */
    uint8_t samples[3][T * T];
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    const struct verify *v = context;
    struct worker *w = worker;
    w->verify = v;
    enum og_status status = og_reference_new(v->source, &v->pyramid, v->scorer.kernels, &w->reference, err);
    return status == OG_OK ? og_unpacker_new(&w->unpacker, err) : status;
}

static void leave(void *worker)
{
    struct worker *w = worker;
    og_reference_destroy(&w->reference);
    og_unpacker_destroy(&w->unpacker);
}

static void keep_base(struct scored_family *f, const struct og_reference *reference)
{
    struct og_tally_source source = og_reference_tile(reference, OG_SLOT_L2);
    for (unsigned i = 0; i < 3; i++) {
        f->base[i] = (struct og_plane){f->samples[i], T, source.planes[i].width, source.planes[i].height};
        og_plane_copy(&source.planes[i], &f->base[i]);
    }
}

static void score_slot(const struct worker *w, const struct og_unpacked *unpacked, unsigned slot,
                       struct scored_family *f)
{
    struct og_pyramid_place place = og_pyramid_of_slot(f->fx, f->fy, slot);
    struct og_tally_source source = og_reference_tile(w->reference, slot);
    struct og_plane planes[3];
    bool halved;
    og_unpacked_tile(unpacked, slot, planes, &halved);
    struct og_tile_score score =
        og_scores_tile(&f->level[place.depth], &w->verify->scorer, place.x, place.y, &source, planes, halved);
    if (place.depth == 0)
        f->full_size[f->full_size_count++] = score;
}

static enum og_status name_bad_slot(const struct scored_family *f, const struct og_unpacked *unpacked,
                                    struct og_error *err)
{
    unsigned slot = 0;
    while (!(unpacked->bad >> slot & 1))
        slot++;
    struct og_pyramid_place place = og_pyramid_of_slot(f->fx, f->fy, slot);
    return og_error_set(err, unpacked->status[slot], "L%u tile %u, %u: %s", place.depth, place.x, place.y,
                        unpacked->reason[slot]);
}

static enum og_status score_family(struct worker *w, struct scored_family *f, struct og_error *err)
{
    struct og_unpacked unpacked;
    enum og_status status = og_unpack_family(w->unpacker, w->verify->slide, f->fx, f->fy, OG_SLOTS, &unpacked, err);
    if (status == OG_OK && unpacked.bad)
        status = name_bad_slot(f, &unpacked, err);
    if (status == OG_OK)
        status = og_reference_read(w->reference, f->fx, f->fy, err);
    if (status != OG_OK)
        return status;
    keep_base(f, w->reference);
    uint32_t inside = og_pyramid_slots(&w->verify->pyramid, f->fx, f->fy);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (inside >> slot & 1)
            score_slot(w, &unpacked, slot, f);
    return OG_OK;
}

static enum og_status make(void *worker, uint64_t piece, void *item, struct og_error *err)
{
    struct worker *w = worker;
    struct scored_family *f = item;
    struct og_cell cell = og_zorder_cell(og_pyramid_grid(&w->verify->pyramid, 2), piece);
    f->fx = cell.x;
    f->fy = cell.y;
    return score_family(w, f, err);
}

static void note_worst(struct og_verified *out, unsigned room, const struct og_tile_score *score)
{
    unsigned at = out->worst_count;
    while (at > 0 && score->psnr_luma < out->worst[at - 1].psnr_luma)
        at--;
    if (at >= room)
        return;
    if (out->worst_count < room)
        out->worst_count++;
    memmove(&out->worst[at + 1], &out->worst[at], (out->worst_count - 1 - at) * sizeof *score);
    out->worst[at] = *score;
}

static enum og_status take(void *context, uint64_t piece, void *item, struct og_error *err)
{
    struct verify *v = context;
    const struct scored_family *f = item;
    (void)piece;
    for (unsigned depth = 0; depth < 3; depth++)
        og_scores_merge(&v->out->level[depth], &f->level[depth]);
    for (unsigned i = 0; i < f->full_size_count; i++)
        note_worst(v->out, v->options->worst, &f->full_size[i]);
    return og_halver_add(v->halver, f->fx, f->fy, f->base, err);
}

static enum og_status take_coarse(void *context, unsigned depth, uint32_t x, uint32_t y, struct og_plane planes[3],
                                  struct og_error *err)
{
    struct verify *v = context;
    struct og_plane stored[3];
    uint64_t bytes;
    enum og_status status = og_unpack_stored(v->unpacker, v->slide, depth, x, y, stored, &bytes, err);
    if (status != OG_OK)
        return status;
    struct og_extent size = og_pyramid_tile(&v->pyramid, depth, x, y);
    struct og_rect valid = {0, 0, (int)size.width, (int)size.height};
    struct og_tally_source source = {.rgb = NULL};
    for (unsigned i = 0; i < 3; i++)
        source.planes[i] = og_plane_part(planes[i], valid);
    og_scores_tile(&v->out->level[depth], &v->scorer, x, y, &source, stored, false);
    return OG_OK;
}

static bool watch(void *context)
{
    const struct verify *v = context;
    return v->options->watch(v->options->context, v->out->level[0].tally.samples,
                             (uint64_t)v->pyramid.width * v->pyramid.height);
}

static enum og_status run(struct verify *v, struct og_error *err)
{
    struct og_parallel_work work = {.pieces = og_pyramid_tiles(&v->pyramid, 2),
                                    .worker_bytes = sizeof(struct worker),
                                    .item_bytes = sizeof(struct scored_family),
                                    .context = v,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take,
                                    .watch = watch};
    enum og_status status = og_unpacker_new(&v->unpacker, err);
    if (status == OG_OK)
        status = og_halver_new(&v->pyramid, v->scorer.kernels, take_coarse, v, &v->halver, err);
    if (status == OG_OK)
        status = og_parallel_run(&work, "verify", v->options->threads, err);
    og_halver_destroy(&v->halver);
    og_unpacker_destroy(&v->unpacker);
    return status;
}

static enum og_status check_size(const struct og_source *source, const struct og_pyramid *p, struct og_error *err)
{
    const struct og_source_facts *facts = &source->facts;
    if (facts->width == p->width && facts->height == p->height)
        return OG_OK;
    return og_error_set(err, OG_UNSUPPORTED, "%s has %u x %u pixels and the slide %u x %u: it was not made from that",
                        facts->name, facts->width, facts->height, p->width, p->height);
}

static enum og_status run_beside_digest(struct verify *v, struct og_error *err)
{
    const char *file = v->source->facts.file, *known = og_slide_facts(v->slide)->description.source.digest;
    struct og_digest *digest = NULL;
    struct og_error ignored;
    char text[80];
    uint64_t size;
    enum og_status status = file && *known ? og_digest_start(file, &digest, err) : OG_OK;
    if (status == OG_OK)
        status = run(v, err);
    if (digest && status == OG_OK) {
        status = og_digest_finish(&digest, false, text, sizeof text, &size, err);
        v->out->same_file = status == OG_OK && strcmp(text, known) == 0 ? OG_FILE_SAME : OG_FILE_OTHER;
    } else if (digest) {
        (void)!og_digest_finish(&digest, true, NULL, 0, NULL, &ignored);
    }
    return status;
}

/* The description has eight digits of each figure. */
static bool is_as_described(const struct og_verified *found, const struct og_description *d)
{
    for (unsigned depth = 0; depth < 3; depth++) {
        struct og_fidelity f = og_tally_fidelity(&found->level[depth].tally);
        if (fabs(f.psnr_luma - d->fidelity[depth].psnr_luma) > 1e-5 ||
            fabs(f.psnr_rgb - d->fidelity[depth].psnr_rgb) > 1e-5 || fabs(f.ssim - d->fidelity[depth].ssim) > 1e-6)
            return false;
    }
    return true;
}

enum og_status og_verify(const struct og_source *source, const struct og_slide *slide,
                         const struct og_verify_options *options, struct og_verified *out, struct og_error *err)
{
    uint64_t began = og_clock_monotonic_ns();
    const struct og_slide_facts *facts = og_slide_facts(slide);
    enum og_status status = check_size(source, &facts->pyramid, err);
    if (status != OG_OK)
        return status;
    struct verify *v = calloc(1, sizeof *v);
    if (!v)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    *v = (struct verify){.source = source, .slide = slide, .options = options, .pyramid = facts->pyramid, .out = out};
    *out = (struct og_verified){.levels = og_pyramid_last_depth(&facts->pyramid) + 1,
                                .is_described = facts->description.fidelity[0].psnr_luma > 0};
    og_scorer_make(&v->scorer);
    status = run_beside_digest(v, err);
    out->as_described = is_as_described(out, &facts->description);
    out->seconds = (double)(og_clock_monotonic_ns() - began) / 1e9;
    free(v);
    return status;
}
