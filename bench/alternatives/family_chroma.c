/* SPDX-License-Identifier: MIT */
/*
 * In the place of two functions of image/family.h: chroma in sequence. The chroma of the whole family is made in one go
 * between the decode of L2 and the first prediction, instead of with each L0 tile in a task of its own.
 */
#include "luma.h"

enum { T = OG_TILE_SIZE };

enum og_status og_family_decode_base_of_product(struct og_family *family, struct og_jpeg_decoder *decoder,
                                                struct og_span tables, struct og_span stream, int width, int height,
                                                struct og_error *err);

enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder, struct og_span tables,
                                     struct og_span stream, int width, int height, struct og_error *err)
{
    enum og_status status = og_family_decode_base_of_product(family, decoder, tables, stream, width, height, err);
    for (int i = 0; i < 2; i++)
        og_kernels_choose()->predict[OG_PREDICTOR_TAPS].upsample(&family->prediction.tuning.taps[OG_PREDICTED_CHROMA],
                                                                 &family->base[1 + i], (struct og_rect){0, 0, T, T},
                                                                 family->chroma1[i].data, family->chroma1[i].stride);
    return status;
}

void og_family_rebuild(struct og_family *family, const struct og_kernels *kernels, unsigned slot, bool has_residual)
{
    rebuild_luma(family, kernels, slot, has_residual);
}
