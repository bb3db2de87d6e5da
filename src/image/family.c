/* SPDX-License-Identifier: MIT */
#include "image/family.h"

#include <assert.h>
#include <string.h>

#include "base/pages.h"
#include "image/webp.h"
#include "kernels_rows.h"

enum { T = OG_TILE_SIZE, PLANE = T * T };

enum { HEADER = (sizeof(struct og_family) + 63) / 64 * 64, FAMILY_BYTES = HEADER + (3 + 4 + 16 + 8) * PLANE };

struct og_family *og_family_new(bool huge_pages)
{
    struct og_family *family = og_pages_new(FAMILY_BYTES, huge_pages);
    if (!family)
        return NULL;
    uint8_t *next = (uint8_t *)family + HEADER;
    for (int i = 0; i < 3; i++, next += PLANE)
        family->base[i] = (struct og_plane){.data = next, .stride = T, .width = T, .height = T};
    family->luma1 = (struct og_plane){.data = next, .stride = 2 * T, .width = 2 * T, .height = 2 * T};
    next += 4 * PLANE;
    family->luma0 = (struct og_plane){.data = next, .stride = 4 * T, .width = 4 * T, .height = 4 * T};
    next += 16 * PLANE;
    for (int i = 0; i < 2; i++, next += 4 * PLANE)
        family->chroma1[i] = (struct og_plane){.data = next, .stride = 2 * T, .width = 2 * T, .height = 2 * T};
    return family;
}

void og_family_destroy(struct og_family **family)
{
    og_pages_free(*family, FAMILY_BYTES);
    *family = NULL;
}

enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder, struct og_span tables,
                                     struct og_span stream, int width, int height, struct og_error *err)
{
    if (tables.size)
        return og_jpeg_decode(decoder, tables, stream, 3, family->base, err);
    return og_jpeg_decode_foreign(decoder, stream, 3, family->base, width, height, err);
}

struct og_plane og_family_luma(const struct og_family *family, unsigned slot)
{
    struct og_place place = og_slot_place(slot);
    struct og_rect part = {(int)place.dx * T, (int)place.dy * T, T, T};
    return og_plane_part(place.depth == 0 ? family->luma0 : family->luma1, part);
}

void og_family_chroma(const struct og_family *family, unsigned slot, struct og_plane chroma[2])
{
    struct og_place place = og_slot_place(slot);
    struct og_rect part = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
    for (int i = 0; i < 2; i++)
        chroma[i] = og_plane_part(place.depth == 0 ? family->chroma1[i] : family->base[1 + i], part);
}

int og_family_residual(const struct og_family *family, unsigned slot, struct og_plane planes[3])
{
    struct og_place place = og_slot_place(slot);
    struct og_rect part = {(int)place.dx * T, (int)place.dy * T, T, T};
    planes[0] = og_family_luma(family, slot);
    if (!family->prediction.corrects_chroma || place.depth == 0)
        return 1;
    for (int i = 0; i < 2; i++)
        planes[1 + i] = og_plane_part(family->chroma1[i], part);
    return 3;
}

static bool begins_with(struct og_span stream, const uint8_t *bytes, size_t size)
{
    return stream.size >= size && memcmp(stream.data, bytes, size) == 0;
}

/* Bare, or in its box. */
static bool is_jpeg_xl(struct og_span stream)
{
    static const uint8_t bare[] = {0xff, 0x0a}, box[] = {0, 0, 0, 12, 'J', 'X', 'L', ' ', 0x0d, 0x0a, 0x87, 0x0a};
    return begins_with(stream, bare, sizeof bare) || begins_with(stream, box, sizeof box);
}

enum og_status og_family_decode_residual(struct og_family *family, unsigned slot, struct og_jpeg_decoder *decoder,
                                         struct og_span tables, struct og_span stream, struct og_error *err)
{
    struct og_plane planes[3], luma = og_family_luma(family, slot);
    if (tables.size)
        return og_jpeg_decode(decoder, tables, stream, og_family_residual(family, slot, planes), planes, err);
    if (is_jpeg_xl(stream))
        return og_error_set(err, OG_UNSUPPORTED, "a JPEG XL stream, which this version cannot read");
    if (og_webp_is(stream))
        return og_webp_decode_grey(stream, &luma, err);
    return og_jpeg_decode_foreign(decoder, stream, 1, &luma, luma.width, luma.height, err);
}

struct og_family_source og_family_source(const struct og_family *family, unsigned slot)
{
    struct og_place place = og_slot_place(slot);
    struct og_family_source source = {.from = &family->base[0],
                                      .area = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2},
                                      .luma = OG_PREDICTED_L1};
    if (place.depth == 0) {
        source.from = &family->luma1;
        source.luma = OG_PREDICTED_L0;
    }
    return source;
}

/* How one plane is predicted. */
struct upsampling {
    const struct og_kernels *kernels;
    enum og_predictor predictor;
    const struct og_taps *taps;
};

static struct upsampling upsampling_of(const struct og_kernels *kernels, const struct og_prediction *prediction,
                                       enum og_predicted predicted)
{
    assert(prediction->predictor != OG_PREDICTOR_TAPS || og_taps_are_valid(&prediction->tuning.taps[predicted]));
    enum og_predictor predictor = prediction->predictor;
    if (predicted == OG_PREDICTED_CHROMA && predictor == OG_PREDICTOR_BILINEAR)
        predictor = OG_PREDICTOR_BILINEAR_ROUNDED;
    return (struct upsampling){kernels, predictor, &prediction->tuning.taps[predicted]};
}

/* The part of a plane that the prediction of `area` reads. */
static struct og_plane seen_from(const struct og_plane *from, struct og_rect area)
{
    int left = og_plane_nearest(area.x - REACH, from->width),
        right = og_plane_nearest(area.x + area.width - 1 + REACH, from->width);
    int top = og_plane_nearest(area.y - REACH, from->height),
        bottom = og_plane_nearest(area.y + area.height - 1 + REACH, from->height);
    return og_plane_part(*from, (struct og_rect){left, top, right + 1 - left, bottom + 1 - top});
}

/* Weights add up to one: glass predicts glass, and a look is cheaper than the arithmetic. */
static void predict(struct upsampling by, const struct og_plane *from, struct og_rect area, const struct og_plane *to)
{
    struct og_plane seen = seen_from(from, area);
    if (og_plane_is_flat(&seen))
        og_plane_fill(to, seen.data[0]);
    else
        by.kernels->predict[by.predictor].upsample(by.taps, from, area, to->data, to->stride);
}

/* A plane that holds a residual where `add` says so, and nothing where not. */
static void rebuild(struct upsampling by, const struct og_plane *from, struct og_rect area, const struct og_plane *to,
                    bool add)
{
    if (add)
        by.kernels->predict[by.predictor].upsample_add(by.taps, from, area, to->data, to->stride);
    else
        predict(by, from, area, to);
}

void og_family_rebuild(struct og_family *family, const struct og_kernels *kernels, unsigned slot, bool has_residual)
{
    struct og_family_source source = og_family_source(family, slot);
    struct upsampling of_luma = upsampling_of(kernels, &family->prediction, source.luma);
    struct upsampling of_chroma = upsampling_of(kernels, &family->prediction, OG_PREDICTED_CHROMA);
    struct og_plane planes[3];
    int count = og_family_residual(family, slot, planes);
    if (has_residual && source.luma == OG_PREDICTED_L0 && og_prediction_smooths(&family->prediction))
        kernels->smooth(&family->prediction.tuning.smoothing, &planes[0]);
    rebuild(of_luma, source.from, source.area, &planes[0], has_residual);
    for (int i = 1; i < count; i++)
        rebuild(of_chroma, &family->base[i], source.area, &planes[i], has_residual);
    if (source.luma == OG_PREDICTED_L1 || family->prediction.corrects_chroma)
        return;

    struct og_rect quarter = {source.area.x / 2, source.area.y / 2, T / 4, T / 4};
    struct og_plane chroma[2];
    og_family_chroma(family, slot, chroma);
    for (int i = 0; i < 2; i++)
        predict(of_chroma, &family->base[1 + i], quarter, &chroma[i]);
}

bool og_family_is_flat(const struct og_family *family, unsigned slot, uint8_t colour[3])
{
    struct og_plane planes[3] = {og_family_luma(family, slot)};
    og_family_chroma(family, slot, planes + 1);
    for (int i = 0; i < 3; i++)
        colour[i] = planes[i].data[0];
    return og_plane_is_flat(&planes[0]) && og_plane_is_flat(&planes[1]) && og_plane_is_flat(&planes[2]);
}

enum og_status og_family_encode(const struct og_family *family, unsigned slot, struct og_jpeg_encoder *encoder,
                                int quality, int width, int height, struct og_span *out, struct og_error *err)
{
    struct og_jpeg_recipe recipe = {.components = 3, .chroma_halved = true, .quality = quality};
    struct og_plane planes[3];
    planes[0] = og_family_luma(family, slot);
    og_family_chroma(family, slot, planes + 1);
    return og_jpeg_encode(encoder, &recipe, planes, width, height, out, err);
}
