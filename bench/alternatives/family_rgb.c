/* SPDX-License-Identifier: MIT */
/*
 * In the place of three functions of image/family.h: every picture passes through RGB. L2 is decoded to RGB and comes
 * back as planes; each L1 tile is made RGB, and L0 is predicted from that; each tile is encoded from RGB. The tiles are
 * 4:2:0 at the same quality, so that the sizes compare.
 */
#include "image/colour.h"
#include "image/family.h"

enum { T = OG_TILE_SIZE, PLANE = T * T };

enum og_status og_family_decode_base_of_product(struct og_family *family, struct og_jpeg_decoder *decoder,
                                                struct og_span tables, struct og_span stream, struct og_error *err);

enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder, struct og_span tables,
                                     struct og_span stream, struct og_error *err)
{
    uint8_t rgb[3 * PLANE];
    enum og_status status = og_family_decode_base_of_product(family, decoder, tables, stream, err);
    struct og_plane *base = family->base;
    og_ycc_to_rgb(base[0].data, base[1].data, base[2].data, PLANE, rgb);
    og_rgb_to_ycc(rgb, PLANE, base[0].data, base[1].data, base[2].data);
    return status;
}

/* Planes of the tile's size, to RGB and back, row by row. */
static void round_trip(const struct og_plane from[3], const struct og_plane to[3])
{
    uint8_t rgb[3 * T];
    for (int y = 0; y < T; y++) {
        og_ycc_to_rgb(from[0].data + y * from[0].stride, from[1].data + y * from[1].stride,
                      from[2].data + y * from[2].stride, T, rgb);
        og_rgb_to_ycc(rgb, T, to[0].data + y * to[0].stride, to[1].data + y * to[1].stride,
                      to[2].data + y * to[2].stride);
    }
}

static struct og_plane whole(uint8_t *data)
{
    return (struct og_plane){.data = data, .stride = T, .width = T, .height = T};
}

static struct og_plane chroma_of_l1(const struct og_family *family, unsigned slot, int i)
{
    struct og_place place = og_slot_place(slot);
    return og_plane_part(family->chroma1[i], (struct og_rect){(int)place.dx * T, (int)place.dy * T, T, T});
}

void og_family_rebuild(struct og_family *family, const struct og_kernels *kernels, enum og_predictor predictor,
                       unsigned slot, bool has_residual)
{
    struct og_place place = og_slot_place(slot);
    struct og_plane luma = og_family_luma(family, slot);
    struct og_rect source = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
    const struct og_plane *from = place.depth == 0 ? &family->luma1 : &family->base[0];
    if (has_residual)
        kernels->predict[predictor].upsample_add(from, source, luma.data, luma.stride);
    else
        kernels->predict[predictor].upsample(from, source, luma.data, luma.stride);
    if (place.depth == 0)
        return;
    struct og_plane tile[3] = {luma, chroma_of_l1(family, slot, 0), chroma_of_l1(family, slot, 1)};
    for (int i = 1; i < 3; i++)
        kernels->predict[predictor].upsample(&family->base[i], source, tile[i].data, tile[i].stride);
    uint8_t unused[2][PLANE]; /* what L0 is predicted from has been RGB; its chroma comes from L2 */
    struct og_plane back[3] = {luma, whole(unused[0]), whole(unused[1])};
    round_trip(tile, back);
}

enum og_status og_family_encode(const struct og_family *family, unsigned slot, struct og_jpeg_encoder *encoder,
                                int quality, int width, int height, struct og_span *out, struct og_error *err)
{
    struct og_jpeg_recipe recipe = {.components = 3, .chroma_halved = true, .quality = quality};
    const struct og_kernels *kernels = og_kernels_choose();
    struct og_place place = og_slot_place(slot);
    uint8_t large[2][PLANE], full[3][PLANE], half[2][PLANE / 4];
    struct og_plane tile[3] = {og_family_luma(family, slot)};
    for (int i = 0; i < 2; i++) {
        if (place.depth == 0) {
            struct og_rect source = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
            tile[1 + i] = whole(large[i]);
            kernels->predict[OG_PREDICTOR_CUBIC].upsample(&family->chroma1[i], source, large[i], T);
        } else {
            tile[1 + i] = chroma_of_l1(family, slot, i);
        }
    }
    struct og_plane encoded[3] = {whole(full[0]), whole(full[1]), whole(full[2])};
    round_trip(tile, encoded);
    for (int i = 0; i < 2; i++) {
        struct og_plane small = {.data = half[i], .stride = T / 2, .width = T / 2, .height = T / 2};
        kernels->halve(&encoded[1 + i], &small);
        encoded[1 + i] = small;
    }
    return og_jpeg_encode(encoder, &recipe, encoded, width, height, out, err);
}
