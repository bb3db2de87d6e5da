/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "family_score.h"
#include "image/family.h"
#include "must.h"
#include "support/rrip.h"
#include "tool/rebuild.h"

enum { T = OG_TILE_SIZE, BUNDLE_HEADER = 32, BUNDLE_ENTRY = 12 };

struct score {
    struct family_score of;                  /* first */
    struct og_jpeg_recipe base, residual[2]; /* of L0 and L1 */
};

struct desk {
    const struct score *score;
    struct og_jpeg_encoder *encoder;
    struct og_jpeg_decoder *decoder;
    struct og_family *family;
    uint8_t samples[3][T * T];
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct desk *d = worker;
    d->score = context;
    d->encoder = og_jpeg_encoder_new();
    d->decoder = og_jpeg_decoder_new(og_kernels_choose());
    d->family = og_family_new(false);
    if (!d->encoder || !d->decoder || !d->family)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    d->family->prediction.predictor = OG_PREDICTOR_BILINEAR_ROUNDED;
    return OG_OK;
}

static void leave(void *worker)
{
    struct desk *d = worker;
    og_jpeg_encoder_destroy(&d->encoder);
    og_jpeg_decoder_destroy(&d->decoder);
    if (d->family)
        og_family_destroy(&d->family);
}

/* A tile of the base as it stands in its folder: whole, and cut at the edge. */
static struct og_span base_tile(struct desk *d, struct og_pyramid_place place)
{
    struct og_tally_source source = picture_tile(d->score->of.picture, place.depth, place.x, place.y);
    struct og_plane planes[3];
    struct og_span stream;
    struct og_error err = {0};
    for (unsigned i = 0; i < 3; i++)
        planes[i] = picture_pad(&source.planes[i], d->samples[i], T);
    must(og_jpeg_encode(d->encoder, &d->score->base, planes, source.planes[0].width, source.planes[0].height, &stream,
                        &err),
         &err);
    return stream;
}

/* Of the slot's prediction, which the family holds. */
static struct og_span residual_tile(struct desk *d, unsigned slot, struct og_pyramid_place place)
{
    struct og_tally_source source = picture_tile(d->score->of.picture, place.depth, place.x, place.y);
    struct og_plane predicted = og_family_luma(d->family, slot), due = source.planes[0];
    struct og_plane residual = {d->samples[0], T, T, T};
    struct og_span stream;
    struct og_error err = {0};
    for (int y = 0; y < due.height; y++)
        for (int x = 0; x < due.width; x++) {
            int r = due.data[y * due.stride + x] - predicted.data[y * predicted.stride + x] + 128;
            residual.data[y * T + x] = (uint8_t)(r < 0 ? 0 : r > 255 ? 255 : r);
        }
    og_plane_pad(&residual, due.width, due.height);
    must(og_jpeg_encode(d->encoder, &d->score->residual[place.depth], &residual, T, T, &stream, &err), &err);
    return stream;
}

static void score_slot(struct desk *d, unsigned slot, struct og_pyramid_place place, struct family_found *found)
{
    const struct picture *picture = d->score->of.picture;
    struct og_extent size = og_pyramid_tile(&picture->pyramid, place.depth, place.x, place.y);
    struct og_plane planes[3] = {og_family_luma(d->family, slot)};
    struct og_span stream;
    struct og_error err = {0};
    og_family_chroma(d->family, slot, planes + 1);
    family_score_stored(found, picture, place, planes, true);
    must(og_family_encode(d->family, slot, d->encoder, OG_REBUILD_QUALITY_DEFAULT, (int)size.width, (int)size.height,
                          &stream, &err),
         &err);
    family_score_served(found, picture, place, d->decoder, stream);
}

static void make_residual(struct desk *d, unsigned slot, struct og_pyramid_place place, struct og_buf **kept)
{
    struct og_error err = {0};
    struct og_span stream = residual_tile(d, slot, place);
    *kept = og_buf_copy(stream.data, stream.size);
    must(og_family_decode_residual(d->family, slot, d->decoder, (struct og_span){0}, stream, &err), &err);
    og_family_rebuild(d->family, og_kernels_choose(), slot, true);
}

static void make_base(struct desk *d, struct og_pyramid_place place, struct family_found *found)
{
    struct og_extent size = og_pyramid_tile(&d->score->of.picture->pyramid, 2, place.x, place.y);
    struct og_span stream = base_tile(d, place);
    struct og_error err = {0};
    found->bytes += stream.size;
    must(og_family_decode_base(d->family, d->decoder, (struct og_span){0}, stream, (int)size.width, (int)size.height,
                               &err),
         &err);
    family_score_stored(found, d->score->of.picture, place, d->family->base, false);
    family_score_served(found, d->score->of.picture, place, d->decoder, stream);
}

static uint64_t record_bytes(const struct rrip_family *family)
{
    struct og_buf *pack = rrip_pack(family);
    struct og_buf *record = rrip_record((struct og_span){pack->data, pack->size});
    uint64_t bytes = record->size + BUNDLE_ENTRY;
    og_buf_unref(&pack);
    og_buf_unref(&record);
    return bytes;
}

static enum og_status make(void *worker, uint64_t piece, void *item, struct og_error *err)
{
    struct desk *d = worker;
    struct family_found *found = item;
    struct og_pyramid_place at = og_pyramid_nth(&d->score->of.picture->pyramid, 2, piece);
    struct rrip_family streams = {.x = at.x, .y = at.y};
    struct place_of_slot slots[OG_FAMILY_SLOTS];
    (void)err;
    family_score_places(d->score->of.picture, at.x, at.y, slots);
    make_base(d, slots[OG_SLOT_L2].place, found);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        og_family_rebuild(d->family, og_kernels_choose(), slot, false);
        if (!slots[slot].is_inside)
            continue;
        make_residual(d, slot, slots[slot].place, &streams.stream[slot]);
        score_slot(d, slot, slots[slot].place, found);
    }
    found->bytes += record_bytes(&streams);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        og_buf_unref(&streams.stream[slot]);
    return OG_OK;
}

static uint64_t coarse_bytes(struct score *score)
{
    struct desk desk = {NULL};
    struct og_error err = {0};
    uint64_t sum = 0;
    must(join(score, &desk, &err), &err);
    for (unsigned depth = 3; depth < score->of.picture->levels; depth++) {
        struct og_extent grid = og_pyramid_grid(&score->of.picture->pyramid, depth);
        for (uint32_t i = 0; i < grid.width * grid.height; i++)
            sum += base_tile(&desk, (struct og_pyramid_place){depth, i % grid.width, i / grid.width}).size;
    }
    leave(&desk);
    return sum;
}

struct both published_score(int base_quality, int l1_quality, int l0_quality, const struct picture *picture)
{
    struct score score = {
        .of = {.picture = picture},
        .base = {.components = 3, .quality = base_quality},
        .residual = {{.components = 1, .quality = l0_quality}, {.components = 1, .quality = l1_quality}}};
    family_score_run(&score.of, (struct og_parallel_work){
                                    .worker_bytes = sizeof(struct desk), .join = join, .make = make, .leave = leave});
    uint64_t bytes = score.of.sum.bytes + coarse_bytes(&score) + BUNDLE_HEADER;
    return (struct both){outcome_of(bytes, score.of.sum.stored), outcome_of(bytes, score.of.sum.served)};
}
