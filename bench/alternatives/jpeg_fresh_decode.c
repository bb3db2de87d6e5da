/* SPDX-License-Identifier: MIT */
/* In the place of og_jpeg_decode: a decoder is made for each use. */
#include "image/jpeg.h"
#include "image/kernels.h"

enum og_status og_jpeg_decode_of_product(struct og_jpeg_decoder *decoder, struct og_span tables, struct og_span stream,
                                         int components, const struct og_plane *planes, struct og_error *err);

enum og_status og_jpeg_decode(struct og_jpeg_decoder *decoder, struct og_span tables, struct og_span stream,
                              int components, const struct og_plane *planes, struct og_error *err)
{
    (void)decoder;
    struct og_jpeg_decoder *fresh = og_jpeg_decoder_new(og_kernels_choose());
    enum og_status status = og_jpeg_decode_of_product(fresh, tables, stream, components, planes, err);
    og_jpeg_decoder_destroy(&fresh);
    return status;
}
