/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "jpeg_output.h"

struct og_jpeg_encoder {
    struct jpeg_compress_struct info;
    struct og_jpeg_errors errors;
    struct og_jpeg_output output;
    struct og_jpeg_recipe recipe; /* what info is set to */
};

uint64_t og_jpeg_version(void)
{
    return LIBJPEG_TURBO_VERSION_NUMBER;
}

static bool create(struct og_jpeg_encoder *encoder)
{
    memset(&encoder->info, 0, sizeof encoder->info);
    encoder->info.err = og_jpeg_errors_init(&encoder->errors);
    if (setjmp(encoder->errors.escape))
        return false;
    jpeg_create_compress(&encoder->info);
    return true;
}

struct og_jpeg_encoder *og_jpeg_encoder_new(void)
{
    struct og_jpeg_encoder *encoder = malloc(sizeof *encoder);
    if (!encoder)
        return NULL;
    if (!create(encoder)) {
        free(encoder);
        return NULL;
    }
    og_jpeg_output_init(&encoder->output, &encoder->info);
    encoder->recipe.components = 0;
    return encoder;
}

void og_jpeg_encoder_destroy(struct og_jpeg_encoder **encoder)
{
    if (*encoder)
        jpeg_destroy_compress(&(*encoder)->info);
    free(*encoder);
    *encoder = NULL;
}

static bool same(const struct og_jpeg_recipe *a, const struct og_jpeg_recipe *b)
{
    return a->components == b->components && a->chroma_halved == b->chroma_halved && a->abbreviated == b->abbreviated &&
           a->quality == b->quality;
}

/* Parameters outlive an image: most tiles follow one of the same recipe. */
static void set_recipe(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe, int width, int height)
{
    struct jpeg_compress_struct *info = &encoder->info;
    info->image_width = (JDIMENSION)width;
    info->image_height = (JDIMENSION)height;
    if (same(&encoder->recipe, recipe))
        return;
    encoder->recipe.components = 0;
    info->input_components = recipe->components;
    info->in_color_space = recipe->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, recipe->quality, TRUE);
    info->comp_info[0].h_samp_factor = recipe->chroma_halved ? 2 : 1;
    info->comp_info[0].v_samp_factor = recipe->chroma_halved ? 2 : 1;
    info->dct_method = JDCT_ISLOW;
    info->raw_data_in = TRUE;
    info->write_JFIF_header = !recipe->abbreviated;
    info->write_Adobe_marker = FALSE;
    encoder->recipe = *recipe;
}

/* Rows below the planes' last one are never looked at by the DCT of a stored block; they repeat it to stay in bounds.
 */
static void write_planes(struct jpeg_compress_struct *info, const struct og_jpeg_recipe *recipe,
                         const struct og_plane *planes)
{
    JSAMPROW rows[3][2 * DCTSIZE];
    JSAMPARRAY parts[3] = {rows[0], rows[1], rows[2]};
    int lines = DCTSIZE * info->max_v_samp_factor;
    for (int y = 0; y < (int)info->image_height; y += lines) {
        for (int c = 0; c < recipe->components; c++) {
            int n = DCTSIZE * info->comp_info[c].v_samp_factor, first = y / lines * n;
            for (int i = 0; i < n; i++) {
                int row = first + i < planes[c].height ? first + i : planes[c].height - 1;
                rows[c][i] = planes[c].data + row * planes[c].stride;
            }
        }
        jpeg_write_raw_data(info, parts, (JDIMENSION)lines);
    }
}

/* What we ask of the encoder ourselves cannot be damaged: anything but memory is a bug. */
static enum og_status failure(const struct og_jpeg_encoder *encoder, struct og_error *err)
{
    enum og_status status = encoder->errors.status == OG_NO_MEMORY ? OG_NO_MEMORY : OG_INTERNAL;
    return og_error_set(err, status, "JPEG encoder: %s", encoder->errors.text);
}

enum og_status og_jpeg_encode(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                              const struct og_plane *planes, int width, int height, struct og_span *out,
                              struct og_error *err)
{
    struct jpeg_compress_struct *info = &encoder->info;
    if (setjmp(encoder->errors.escape)) {
        jpeg_abort_compress(info);
        return failure(encoder, err);
    }
    set_recipe(encoder, recipe, width, height);
    if (recipe->abbreviated)
        jpeg_suppress_tables(info, TRUE);
    jpeg_start_compress(info, !recipe->abbreviated);
    write_planes(info, recipe, planes);
    jpeg_finish_compress(info);
    *out = og_jpeg_output_written(&encoder->output);
    return OG_OK;
}

enum og_status og_jpeg_encode_tables(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                                     struct og_span *out, struct og_error *err)
{
    struct jpeg_compress_struct *info = &encoder->info;
    if (setjmp(encoder->errors.escape)) {
        jpeg_abort_compress(info);
        return failure(encoder, err);
    }
    set_recipe(encoder, recipe, OG_TILE_SIZE, OG_TILE_SIZE);
    jpeg_suppress_tables(info, FALSE);
    jpeg_write_tables(info);
    *out = og_jpeg_output_written(&encoder->output);
    return OG_OK;
}
