/* SPDX-License-Identifier: MIT */
#include "tool/family_maker.h"

#include <stdlib.h>
#include <string.h>

#include "image/family.h"
#include "tool/reference.h"
#include "tool/tile_maker.h"

enum { T = OG_TILE_SIZE, NOTHING = 128 /* as a residual */ };

struct og_family_maker {
    const struct og_plan *plan;
    struct og_reference *reference;
    struct og_tile_maker *tiles;
    struct og_family *family;
    uint8_t *streams;
    size_t streams_size;
    uint8_t residual[3][T * T];
};

enum og_status og_family_maker_new(const struct og_plan *plan, const struct og_source *source,
                                   struct og_family_maker **out, struct og_error *err)
{
    struct og_family_maker *m = calloc(1, sizeof *m);
    *out = m;
    if (!m)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    m->plan = plan;
    m->tiles = og_tile_maker_new(plan);
    m->family = og_family_new(false);
    m->streams = malloc(OG_FAMILY_BYTES_MAX);
    enum og_status status = m->tiles && m->family && m->streams
                                ? og_reference_new(source, &plan->pyramid, plan->kernels, &m->reference, err)
                                : og_error_set(err, OG_NO_MEMORY, "out of memory");
    if (status == OG_OK)
        m->family->prediction = plan->prediction;
    if (status != OG_OK)
        og_family_maker_destroy(out);
    return status;
}

void og_family_maker_destroy(struct og_family_maker **maker)
{
    struct og_family_maker *m = *maker;
    *maker = NULL;
    if (!m)
        return;
    og_reference_destroy(&m->reference);
    og_tile_maker_destroy(&m->tiles);
    if (m->family)
        og_family_destroy(&m->family);
    free(m->streams);
    free(m);
}

static void append(struct og_family_maker *m, struct og_made_family *made, unsigned slot, struct og_span stream)
{
    uint8_t *at = m->streams + m->streams_size;
    memcpy(at, stream.data, stream.size);
    m->streams_size += stream.size;
    made->record.length[slot] = (uint32_t)stream.size;
    made->record.crc[slot] = og_crc32c(0, stream.data, stream.size);
}

static enum og_status make_base(struct og_family_maker *m, struct og_made_family *made, struct og_error *err)
{
    struct og_tally_source source = og_reference_tile(m->reference, OG_SLOT_L2);
    struct og_plane padded[3];
    for (unsigned i = 0; i < 3; i++) {
        const struct og_plane *from = &source.planes[i];
        padded[i] = (struct og_plane){made->samples[i], T, T, T};
        og_plane_copy(from, &padded[i]);
        og_plane_pad_blocks(&padded[i], from->width, from->height, OG_BLOCK_SIDE, OG_PAD_CONTINUED);
        made->base[i] = og_plane_part(padded[i], (struct og_rect){0, 0, from->width, from->height});
    }
    struct og_span stream;
    enum og_status status = og_tile_maker_make(m->tiles, 2, padded, &padded[0], 0, &made->counts, &stream, err);
    if (status != OG_OK)
        return status;
    append(m, made, OG_SLOT_L2, stream);
    og_tile_maker_rebuild(m->tiles, 2, m->family->base);
    og_tally_tile(&made->tally[2], m->plan->kernels, made->fx, made->fy, &source, m->family->base, false);
    return OG_OK;
}

static void subtract(const struct og_plane *source, const struct og_plane *prediction, uint8_t *to)
{
    for (int y = 0; y < source->height; y++) {
        const uint8_t *s = source->data + y * source->stride, *p = prediction->data + y * prediction->stride;
        for (int x = 0; x < source->width; x++) {
            int r = s[x] - p[x] + NOTHING;
            to[y * T + x] = (uint8_t)(r < 0 ? 0 : r > 255 ? 255 : r);
        }
    }
}

static unsigned rim_of(struct og_place place)
{
    unsigned last = (4u >> place.depth) - 1;
    return (place.dx == 0 ? OG_SIDE_LEFT : 0) | (place.dy == 0 ? OG_SIDE_TOP : 0) |
           (place.dx == last ? OG_SIDE_RIGHT : 0) | (place.dy == last ? OG_SIDE_BOTTOM : 0);
}

static void fit_taps(const struct og_family_maker *m, struct og_tuning_fit *fit, unsigned slot,
                     const struct og_plane sources[3])
{
    struct og_family_source source = og_family_source(m->family, slot);
    const struct og_taps *taps = m->plan->prediction.tuning.taps;
    og_taps_fit_add(&fit->taps[source.luma], &taps[source.luma], source.from, source.area, &sources[0]);
    for (int i = 1; i < 3 && source.luma == OG_PREDICTED_L1; i++)
        og_taps_fit_add(&fit->taps[OG_PREDICTED_CHROMA], &taps[OG_PREDICTED_CHROMA], &m->family->base[i], source.area,
                        &sources[i]);
}

static void fit_smoothing(struct og_family_maker *m, struct og_tuning_fit *fit, unsigned slot,
                          const struct og_plane *source)
{
    struct og_plane decoded = og_family_luma(m->family, slot);
    struct og_plane due = {m->residual[0], T, source->width, source->height};
    og_smoothing_fit_add(&fit->smoothing, &decoded, &due);
}

/* Leaves the decoded residual in the family; *kept says whether there is one at all. */
static enum og_status make_residual(struct og_family_maker *m, struct og_made_family *made, unsigned slot,
                                    const struct og_plane sources[3], bool *kept, struct og_error *err)
{
    unsigned depth = og_slot_place(slot).depth;
    struct og_plane predictions[3], residuals[3];
    int count = og_family_residual(m->family, slot, predictions);
    for (int i = 0; i < count; i++) {
        residuals[i] = (struct og_plane){m->residual[i], T, T, T};
        subtract(&sources[i], &predictions[i], m->residual[i]);
        og_plane_pad_blocks(&residuals[i], sources[i].width, sources[i].height, OG_BLOCK_SIDE, NOTHING);
    }
    struct og_span stream;
    enum og_status status = og_tile_maker_make(m->tiles, depth, residuals, &sources[0], rim_of(og_slot_place(slot)),
                                               &made->counts, &stream, err);
    *kept = status == OG_OK && stream.size > 0;
    if (!*kept)
        return status;
    append(m, made, slot, stream);
    og_tile_maker_rebuild(m->tiles, depth, predictions);
    return OG_OK;
}

static void measure(const struct og_family_maker *m, struct og_made_family *made, unsigned slot,
                    const struct og_tally_source *source)
{
    struct og_pyramid_place place = og_pyramid_of_slot(made->fx, made->fy, slot);
    struct og_plane tile[3] = {og_family_luma(m->family, slot)};
    og_family_chroma(m->family, slot, tile + 1);
    og_tally_tile(&made->tally[place.depth], m->plan->kernels, place.x, place.y, source, tile, true);
}

static enum og_status make_slot(struct og_family_maker *m, struct og_made_family *made, unsigned slot, bool of_sample,
                                struct og_error *err)
{
    struct og_tally_source source = og_reference_tile(m->reference, slot);
    og_family_rebuild(m->family, m->plan->kernels, slot, false);
    if (of_sample)
        fit_taps(m, &made->fit, slot, source.planes);
    bool kept;
    enum og_status status = make_residual(m, made, slot, source.planes, &kept, err);
    if (status != OG_OK)
        return status;
    if (kept && of_sample && og_slot_place(slot).depth == 0)
        fit_smoothing(m, &made->fit, slot, &source.planes[0]);
    if (kept)
        og_family_rebuild(m->family, m->plan->kernels, slot, true);
    measure(m, made, slot, &source);
    return OG_OK;
}

static enum og_status make_slots(struct og_family_maker *m, struct og_made_family *made, bool of_sample,
                                 struct og_error *err)
{
    uint32_t inside = og_pyramid_slots(&m->plan->pyramid, made->fx, made->fy);
    enum og_status status = make_base(m, made, err);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS && status == OG_OK; slot++)
        if (inside & (UINT32_C(1) << slot))
            status = make_slot(m, made, slot, of_sample, err);
        else if (slot < OG_SLOT_L0)
            og_family_rebuild(m->family, m->plan->kernels, slot, false);
    return status;
}

static enum og_status find_tissue(struct og_family_maker *m, struct og_made_family *made, struct og_error *err)
{
    uint32_t inside = og_pyramid_slots(&m->plan->pyramid, made->fx, made->fy);
    for (unsigned slot = OG_SLOT_L0; slot < OG_FAMILY_SLOTS && !made->tally[0].tissue_samples; slot++) {
        if (!(inside & (UINT32_C(1) << slot)))
            continue;
        struct og_place place = og_slot_place(slot);
        struct og_plane luma;
        enum og_status status =
            og_reference_read_luma(m->reference, 4 * made->fx + place.dx, 4 * made->fy + place.dy, &luma, err);
        if (status != OG_OK)
            return status;
        if (og_tally_is_tissue(&luma))
            made->tally[0].tissue_samples = (uint64_t)luma.width * (uint64_t)luma.height;
    }
    return OG_OK;
}

enum og_status og_family_maker_look(struct og_family_maker *m, uint32_t fx, uint32_t fy, struct og_made_family *out,
                                    struct og_error *err)
{
    out->fx = fx;
    out->fy = fy;
    return find_tissue(m, out, err);
}

enum og_status og_family_maker_make(struct og_family_maker *m, uint32_t fx, uint32_t fy, bool of_sample,
                                    struct og_made_family *out, struct og_error *err)
{
    out->fx = fx;
    out->fy = fy;
    m->streams_size = 0;
    enum og_status status = og_reference_read(m->reference, fx, fy, err);
    if (status != OG_OK)
        return status;
    status = make_slots(m, out, of_sample, err);
    if (status != OG_OK)
        return og_error_prefix(err, "family %u, %u", fx, fy);
    out->bytes = og_buf_copy(m->streams, m->streams_size);
    return out->bytes ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

void og_made_family_release(struct og_made_family *made)
{
    og_buf_unref(&made->bytes);
}
