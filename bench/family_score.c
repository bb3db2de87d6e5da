/* SPDX-License-Identifier: MIT */
#include "family_score.h"

#include <stdlib.h>

#include "must.h"
#include "tool/parallel.h"

enum { T = OG_TILE_SIZE };

struct run {
    const struct family_work *work;
    struct family_found sum;
};

struct worker {
    const struct family_work *work;
    void *own;
};

void family_score_places(const struct picture *picture, uint32_t fx, uint32_t fy,
                         struct place_of_slot out[OG_FAMILY_SLOTS])
{
    uint32_t inside = og_pyramid_slots(&picture->pyramid, fx, fy);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        out[slot].place = og_pyramid_of_slot(fx, fy, slot);
        out[slot].is_inside = inside >> slot & 1;
    }
}

void family_score_stored(struct family_found *found, const struct picture *picture, struct og_pyramid_place place,
                         const struct og_plane planes[3], bool chroma_halved)
{
    struct og_tally_source source = picture_tile(picture, place.depth, place.x, place.y);
    og_tally_tile(&found->stored[place.depth], og_kernels_choose(), place.x, place.y, &source, planes, chroma_halved);
}

void family_score_served(struct family_found *found, const struct picture *picture, struct og_pyramid_place place,
                         struct og_jpeg_decoder *decoder, struct og_span stream)
{
    uint8_t samples[3][T * T];
    struct og_plane planes[3] = {{samples[0], T, T, T}, {samples[1], T, T, T}, {samples[2], T, T, T}};
    struct og_tally_source source = picture_tile(picture, place.depth, place.x, place.y);
    struct og_error err = {0};
    must(og_jpeg_decode_foreign(decoder, stream, 3, planes, source.planes[0].width, source.planes[0].height, &err),
         &err);
    og_tally_tile(&found->served[place.depth], og_kernels_choose(), place.x, place.y, &source, planes, false);
}

static enum og_status join(void *context, void **out, struct og_error *err)
{
    const struct run *run = context;
    struct worker *w = *out = calloc(1, sizeof *w);
    if (!w)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    w->work = run->work;
    w->own = run->work->join(run->work->context);
    return OG_OK;
}

static void leave(void **worker)
{
    struct worker *w = *worker;
    *worker = NULL;
    if (w)
        w->work->leave(w->own);
    free(w);
}

static enum og_status make(void *worker, uint64_t piece, void **item, struct og_error *err)
{
    const struct worker *w = worker;
    uint32_t across = og_pyramid_grid(&w->work->picture->pyramid, 2).width;
    struct family_found *found = *item = calloc(1, sizeof *found);
    if (!found)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    w->work->make(w->own, (uint32_t)(piece % across), (uint32_t)(piece / across), found);
    return OG_OK;
}

static enum og_status take(void *context, uint64_t piece, void *item, struct og_error *err)
{
    struct run *run = context;
    const struct family_found *found = item;
    (void)piece, (void)err;
    run->sum.bytes += found->bytes;
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++) {
        og_tally_merge(&run->sum.stored[depth], &found->stored[depth]);
        og_tally_merge(&run->sum.served[depth], &found->served[depth]);
    }
    return OG_OK;
}

static bool watch(void *context)
{
    (void)context;
    return true;
}

struct family_found family_score_run(const struct family_work *work)
{
    struct run run = {.work = work};
    struct og_parallel_work parallel = {.pieces = og_pyramid_tiles(&work->picture->pyramid, 2),
                                        .context = &run,
                                        .join = join,
                                        .make = make,
                                        .leave = leave,
                                        .take = take,
                                        .drop = free,
                                        .watch = watch};
    struct og_error err = {0};
    must(og_parallel_run(&parallel, "families", 0, &err), &err);
    return run.sum;
}
