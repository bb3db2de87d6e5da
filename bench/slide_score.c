/* SPDX-License-Identifier: MIT */
#include "slide_score.h"

#include "family_score.h"
#include "must.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/unpack.h"

struct score {
    struct family_score of; /* first */
    struct og_slide *slide;
};

struct desk {
    const struct score *score;
    struct og_unpacker *unpacker;
    struct og_rebuilder *rebuilder;
    struct og_jpeg_decoder *decoder;
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct desk *d = worker;
    d->score = context;
    d->rebuilder = og_rebuilder_new();
    d->decoder = og_jpeg_decoder_new(og_kernels_choose());
    if (!d->rebuilder || !d->decoder)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    return og_unpacker_new(&d->unpacker, err);
}

static void leave(void *worker)
{
    struct desk *d = worker;
    og_unpacker_destroy(&d->unpacker);
    og_rebuilder_destroy(&d->rebuilder);
    og_jpeg_decoder_destroy(&d->decoder);
}

static void score_stored(const struct desk *d, uint32_t fx, uint32_t fy, const struct place_of_slot *slots,
                         struct family_found *found)
{
    struct og_unpacked unpacked;
    struct og_error err = {0};
    must(og_unpack_family(d->unpacker, d->score->slide, fx, fy, OG_SLOTS, &unpacked, &err), &err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_plane planes[3];
        bool halved;
        if (!slots[slot].is_inside)
            continue;
        og_unpacked_tile(&unpacked, slot, planes, &halved);
        family_score_stored(found, d->score->of.picture, slots[slot].place, planes, halved);
    }
}

static void score_served(const struct desk *d, uint32_t fx, uint32_t fy, const struct place_of_slot *slots,
                         struct family_found *found)
{
    const struct og_slide *slide = d->score->slide;
    struct og_buf *tiles[OG_FAMILY_SLOTS];
    struct og_error err = {0};
    must(og_rebuilder_family(d->rebuilder, slide, fx, fy, OG_REBUILD_QUALITY_DEFAULT, false, tiles, &err), &err);
    must(og_rebuilder_tile(d->rebuilder, slide, og_slide_facts(slide)->pyramid.top - 2, fx, fy,
                           OG_REBUILD_QUALITY_DEFAULT, &tiles[OG_SLOT_L2], &err),
         &err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        if (slots[slot].is_inside)
            family_score_served(found, d->score->of.picture, slots[slot].place, d->decoder,
                                (struct og_span){tiles[slot]->data, tiles[slot]->size});
        og_buf_unref(&tiles[slot]);
    }
}

static enum og_status make(void *worker, uint64_t piece, void *item, struct og_error *err)
{
    const struct desk *d = worker;
    struct og_pyramid_place at = og_pyramid_nth(&d->score->of.picture->pyramid, 2, piece);
    struct place_of_slot slots[OG_FAMILY_SLOTS];
    (void)err;
    family_score_places(d->score->of.picture, at.x, at.y, slots);
    score_stored(d, at.x, at.y, slots, item);
    score_served(d, at.x, at.y, slots, item);
    return OG_OK;
}

struct both slide_score(const char *path, const struct picture *picture)
{
    struct score score = {.of = {.picture = picture}};
    struct og_error err = {0};
    must(og_slide_open_path(path, &score.slide, &err), &err);
    family_score_run(&score.of, (struct og_parallel_work){
                                    .worker_bytes = sizeof(struct desk), .join = join, .make = make, .leave = leave});
    uint64_t bytes = og_slide_facts(score.slide)->file_bytes;
    og_slide_unref(&score.slide);
    return (struct both){outcome_of(bytes, score.of.sum.stored), outcome_of(bytes, score.of.sum.served)};
}
