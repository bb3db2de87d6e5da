/* SPDX-License-Identifier: MIT */
/* In the place of og_jpeg_encode: an encoder, with its output, is made for each use. */
#include <stddef.h>

#include "image/jpeg.h"

enum og_status og_jpeg_encode_of_product(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                                         const struct og_plane *planes, int width, int height, struct og_span *out,
                                         struct og_error *err);

/* What the last call returned is borrowed until the next one. */
static _Thread_local struct og_jpeg_encoder *last;

enum og_status og_jpeg_encode(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                              const struct og_plane *planes, int width, int height, struct og_span *out,
                              struct og_error *err)
{
    (void)encoder;
    og_jpeg_encoder_destroy(&last);
    last = og_jpeg_encoder_new();
    return og_jpeg_encode_of_product(last, recipe, planes, width, height, out, err);
}
