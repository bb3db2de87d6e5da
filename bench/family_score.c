/* SPDX-License-Identifier: MIT */
#include "family_score.h"

#include "must.h"

enum { T = OG_TILE_SIZE };

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

static enum og_status take(void *context, uint64_t piece, void *item, struct og_error *err)
{
    struct family_found *sum = &((struct family_score *)context)->sum;
    const struct family_found *found = item;
    (void)piece, (void)err;
    sum->bytes += found->bytes;
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++) {
        og_tally_merge(&sum->stored[depth], &found->stored[depth]);
        og_tally_merge(&sum->served[depth], &found->served[depth]);
    }
    return OG_OK;
}

void family_score_run(struct family_score *score, struct og_parallel_work work)
{
    struct og_error err = {0};
    work.pieces = og_pyramid_tiles(&score->picture->pyramid, 2);
    work.item_bytes = sizeof(struct family_found);
    work.context = score;
    work.take = take;
    must(og_parallel_run(&work, "families", 0, &err), &err);
}
