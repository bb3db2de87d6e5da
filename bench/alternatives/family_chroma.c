/* SPDX-License-Identifier: MIT */
/*
 * In the place of two functions of image/family.h: chroma in sequence. The chroma of the whole family is made in one go
 * between the decode of L2 and the first prediction, instead of with each L0 tile in a task of its own.
 */
#include "image/family.h"

enum { T = OG_TILE_SIZE };

enum og_status og_family_decode_base_of_product(struct og_family *family, struct og_jpeg_decoder *decoder,
                                                struct og_span tables, struct og_span stream, int width, int height,
                                                struct og_error *err);

enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder, struct og_span tables,
                                     struct og_span stream, int width, int height, struct og_error *err)
{
    enum og_status status = og_family_decode_base_of_product(family, decoder, tables, stream, width, height, err);
    for (int i = 0; i < 2; i++)
        og_kernels_choose()->predict[OG_PREDICTOR_CUBIC].upsample(&family->base[1 + i], (struct og_rect){0, 0, T, T},
                                                                  family->chroma1[i].data, family->chroma1[i].stride);
    return status;
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
}
