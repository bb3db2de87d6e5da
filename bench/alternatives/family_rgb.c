/* SPDX-License-Identifier: MIT */
/*
 * In the place of three functions of image/family.h: every picture passes through RGB. libjpeg decodes L2 to RGB, which
 * becomes planes; each L1 tile is made RGB, and L0 is predicted from that; libjpeg encodes each tile from RGB. The
 * tiles are 4:2:0 at the same quality, so that they compare. Nothing checks a stream: these are the bench's own.
 */
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include "luma.h"

enum { T = OG_TILE_SIZE, PLANE = T * T, OUTPUT_BYTES = 4 * PLANE };

/* A thread keeps its codecs, as the product's workers do. */
struct codecs {
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct jpeg_error_mgr errors;
    uint8_t *output;
};

static struct codecs *codecs_of_thread(void)
{
    static _Thread_local struct codecs *codecs;
    if (codecs)
        return codecs;
    codecs = calloc(1, sizeof *codecs);
    codecs->from.err = codecs->to.err = jpeg_std_error(&codecs->errors);
    jpeg_create_decompress(&codecs->from);
    jpeg_create_compress(&codecs->to);
    codecs->output = malloc(OUTPUT_BYTES);
    return codecs;
}

enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder, struct og_span tables,
                                     struct og_span stream, int width, int height, struct og_error *err)
{
    (void)decoder, (void)width, (void)height, (void)err;
    const struct og_kernels *kernels = og_kernels_choose();
    struct jpeg_decompress_struct *from = &codecs_of_thread()->from;
    if (tables.size) {
        jpeg_mem_src(from, tables.data, tables.size);
        jpeg_read_header(from, FALSE);
    }
    jpeg_mem_src(from, stream.data, stream.size);
    jpeg_read_header(from, TRUE);
    from->out_color_space = JCS_RGB;
    from->dct_method = JDCT_ISLOW;
    jpeg_start_decompress(from);
    for (int y = 0; y < T; y++) {
        uint8_t rgb[3 * T];
        JSAMPROW row = rgb;
        jpeg_read_scanlines(from, &row, 1);
        kernels->rgb_to_ycc(rgb, T, family->base[0].data + y * T, family->base[1].data + y * T,
                            family->base[2].data + y * T);
    }
    jpeg_finish_decompress(from);
    return OG_OK;
}

static void row_of_rgb(const struct og_kernels *kernels, const struct og_plane planes[3], int y, uint8_t rgb[3 * T])
{
    kernels->ycc_to_rgb(planes[0].data + y * planes[0].stride, planes[1].data + y * planes[1].stride,
                        planes[2].data + y * planes[2].stride, T, rgb);
}

static struct og_plane chroma_of_l1(const struct og_family *family, unsigned slot, int i)
{
    struct og_place place = og_slot_place(slot);
    return og_plane_part(family->chroma1[i], (struct og_rect){(int)place.dx * T, (int)place.dy * T, T, T});
}

void og_family_rebuild(struct og_family *family, const struct og_kernels *kernels, unsigned slot, bool has_residual)
{
    struct og_place place = og_slot_place(slot);
    rebuild_luma(family, kernels, slot, has_residual);
    if (place.depth == 0)
        return;
    const struct og_taps *taps = &family->prediction.tuning.taps[OG_PREDICTED_CHROMA];
    struct og_plane luma = og_family_luma(family, slot);
    struct og_rect source = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
    struct og_plane tile[3] = {luma, chroma_of_l1(family, slot, 0), chroma_of_l1(family, slot, 1)};
    for (int i = 1; i < 3; i++)
        kernels->predict[OG_PREDICTOR_TAPS].upsample(taps, &family->base[i], source, tile[i].data, tile[i].stride);
    for (int y = 0; y < T; y++) { /* what L0 is predicted from has been RGB; its chroma comes from L2 */
        uint8_t rgb[3 * T], unused[2][T];
        row_of_rgb(kernels, tile, y, rgb);
        kernels->rgb_to_ycc(rgb, T, luma.data + y * luma.stride, unused[0], unused[1]);
    }
}

enum og_status og_family_encode(const struct og_family *family, unsigned slot, struct og_jpeg_encoder *encoder,
                                int quality, int width, int height, struct og_span *out, struct og_error *err)
{
    (void)encoder, (void)err;
    const struct og_kernels *kernels = og_kernels_choose();
    struct og_place place = og_slot_place(slot);
    struct og_rect source = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
    uint8_t large[2][PLANE];
    struct og_plane tile[3] = {og_family_luma(family, slot)};
    for (int i = 0; i < 2; i++) {
        tile[1 + i] = (struct og_plane){.data = large[i], .stride = T, .width = T, .height = T};
        if (place.depth == 0)
            kernels->predict[OG_PREDICTOR_TAPS].upsample(&family->prediction.tuning.taps[OG_PREDICTED_CHROMA],
                                                         &family->chroma1[i], source, large[i], T);
        else
            tile[1 + i] = chroma_of_l1(family, slot, i);
    }
    struct codecs *codecs = codecs_of_thread();
    struct jpeg_compress_struct *to = &codecs->to;
    unsigned long size = OUTPUT_BYTES;
    unsigned char *output = codecs->output;
    jpeg_mem_dest(to, &output, &size);
    if (to->input_components != 3) {
        to->input_components = 3;
        to->in_color_space = JCS_RGB;
        jpeg_set_defaults(to);
        jpeg_set_quality(to, quality, TRUE);
        to->dct_method = JDCT_ISLOW;
    }
    to->image_width = (JDIMENSION)width;
    to->image_height = (JDIMENSION)height;
    jpeg_start_compress(to, TRUE);
    for (int y = 0; y < height; y++) {
        uint8_t rgb[3 * T];
        JSAMPROW row = rgb;
        row_of_rgb(kernels, tile, y, rgb);
        jpeg_write_scanlines(to, &row, 1);
    }
    jpeg_finish_compress(to);
    *out = (struct og_span){.data = output, .size = size};
    return OG_OK;
}
