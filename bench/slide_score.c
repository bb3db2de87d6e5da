/* SPDX-License-Identifier: MIT */
#include "slide_score.h"

#include <stdlib.h>

#include "family_score.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/unpack.h"

struct score {
    const struct picture *picture;
    struct og_slide *slide;
};

struct desk {
    const struct score *score;
    struct og_unpacker *unpacker;
    struct og_rebuilder *rebuilder;
    struct og_jpeg_decoder *decoder;
};

static void *join(void *context)
{
    struct desk *d = calloc(1, sizeof *d);
    struct og_error err = {0};
    if (!d)
        exit(1);
    d->score = context;
    d->rebuilder = og_rebuilder_new();
    d->decoder = og_jpeg_decoder_new(og_kernels_choose());
    family_score_must(og_unpacker_new(&d->unpacker, &err), &err);
    return d;
}

static void leave(void *worker)
{
    struct desk *d = worker;
    og_unpacker_destroy(&d->unpacker);
    og_rebuilder_destroy(&d->rebuilder);
    og_jpeg_decoder_destroy(&d->decoder);
    free(d);
}

static void score_stored(const struct desk *d, uint32_t fx, uint32_t fy, const struct place_of_slot *slots,
                         struct family_found *found)
{
    struct og_unpacked unpacked;
    struct og_error err = {0};
    family_score_must(og_unpack_family(d->unpacker, d->score->slide, fx, fy, OG_SLOTS, &unpacked, &err), &err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_plane planes[3];
        bool halved;
        if (!slots[slot].is_inside)
            continue;
        og_unpacked_tile(&unpacked, slot, planes, &halved);
        family_score_stored(found, d->score->picture, slots[slot].place, planes, halved);
    }
}

static void score_served(const struct desk *d, uint32_t fx, uint32_t fy, const struct place_of_slot *slots,
                         struct family_found *found)
{
    const struct og_slide *slide = d->score->slide;
    struct og_buf *tiles[OG_FAMILY_SLOTS];
    struct og_error err = {0};
    family_score_must(og_rebuilder_family(d->rebuilder, slide, fx, fy, OG_REBUILD_QUALITY_DEFAULT, false, tiles, &err),
                      &err);
    family_score_must(og_rebuilder_tile(d->rebuilder, slide, og_slide_facts(slide)->pyramid.top - 2, fx, fy,
                                        OG_REBUILD_QUALITY_DEFAULT, &tiles[OG_SLOT_L2], &err),
                      &err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        if (slots[slot].is_inside)
            family_score_served(found, d->score->picture, slots[slot].place, d->decoder,
                                (struct og_span){tiles[slot]->data, tiles[slot]->size});
        og_buf_unref(&tiles[slot]);
    }
}

static void make(void *worker, uint32_t fx, uint32_t fy, struct family_found *found)
{
    const struct desk *d = worker;
    struct place_of_slot slots[OG_FAMILY_SLOTS];
    family_score_places(d->score->picture, fx, fy, slots);
    score_stored(d, fx, fy, slots, found);
    score_served(d, fx, fy, slots, found);
}

struct both slide_score(const char *path, const struct picture *picture)
{
    struct score score = {.picture = picture};
    struct og_error err = {0};
    family_score_must(og_slide_open_path(path, &score.slide, &err), &err);
    struct family_work work = {picture, &score, join, make, leave};
    struct family_found found = family_score_run(&work);
    uint64_t bytes = og_slide_facts(score.slide)->file_bytes;
    og_slide_unref(&score.slide);
    return (struct both){outcome_of(bytes, found.stored), outcome_of(bytes, found.served)};
}
