/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "jpeg_error.h"

struct og_jpeg_decoder {
    struct jpeg_decompress_struct info;
    struct og_jpeg_errors errors;
    struct jpeg_source_mgr source;
};

static void source_keep(j_decompress_ptr info)
{
    (void)info;
}

static boolean source_ended(j_decompress_ptr info)
{
    og_jpeg_give_up((struct og_jpeg_errors *)info->err, "the stream ends too early");
}

static void source_skip(j_decompress_ptr info, long bytes)
{
    if (bytes <= 0)
        return;
    if ((size_t)bytes > info->src->bytes_in_buffer)
        source_ended(info);
    info->src->next_input_byte += bytes;
    info->src->bytes_in_buffer -= (size_t)bytes;
}

static void source_set(struct og_jpeg_decoder *decoder, struct og_span span)
{
    decoder->source = (struct jpeg_source_mgr){.next_input_byte = span.data,
                                               .bytes_in_buffer = span.size,
                                               .init_source = source_keep,
                                               .fill_input_buffer = source_ended,
                                               .skip_input_data = source_skip,
                                               .resync_to_restart = jpeg_resync_to_restart,
                                               .term_source = source_keep};
    decoder->info.src = &decoder->source;
}

static bool create(struct og_jpeg_decoder *decoder)
{
    decoder->info.err = og_jpeg_errors_init(&decoder->errors);
    if (setjmp(decoder->errors.escape))
        return false;
    jpeg_create_decompress(&decoder->info);
    return true;
}

struct og_jpeg_decoder *og_jpeg_decoder_new(void)
{
    struct og_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return NULL;
    if (!create(decoder)) {
        free(decoder);
        return NULL;
    }
    return decoder;
}

void og_jpeg_decoder_destroy(struct og_jpeg_decoder **decoder)
{
    if (*decoder)
        jpeg_destroy_decompress(&(*decoder)->info);
    free(*decoder);
    *decoder = NULL;
}

/* libjpeg keeps tables from stream to stream: emptied, those of another slide cannot stand in for missing ones. */
static void forget_tables(struct jpeg_decompress_struct *info)
{
    for (int i = 0; i < NUM_QUANT_TBLS; i++)
        if (info->quant_tbl_ptrs[i])
            memset(info->quant_tbl_ptrs[i]->quantval, 0, sizeof info->quant_tbl_ptrs[i]->quantval);
    for (int i = 0; i < NUM_HUFF_TBLS; i++) {
        if (info->dc_huff_tbl_ptrs[i])
            memset(info->dc_huff_tbl_ptrs[i]->bits, 0, sizeof info->dc_huff_tbl_ptrs[i]->bits);
        if (info->ac_huff_tbl_ptrs[i])
            memset(info->ac_huff_tbl_ptrs[i]->bits, 0, sizeof info->ac_huff_tbl_ptrs[i]->bits);
    }
}

static bool has_codes(const JHUFF_TBL *table)
{
    static const UINT8 none[sizeof table->bits];
    return table && memcmp(table->bits, none, sizeof none) != 0;
}

static bool has_tables(const struct jpeg_decompress_struct *info)
{
    for (int i = 0; i < info->num_components; i++) {
        const jpeg_component_info *component = &info->comp_info[i];
        if (component->quant_tbl_no >= NUM_QUANT_TBLS || component->dc_tbl_no >= NUM_HUFF_TBLS ||
            component->ac_tbl_no >= NUM_HUFF_TBLS)
            return false;
        const JQUANT_TBL *steps = info->quant_tbl_ptrs[component->quant_tbl_no];
        if (!steps || steps->quantval[0] == 0 || !has_codes(info->dc_huff_tbl_ptrs[component->dc_tbl_no]) ||
            !has_codes(info->ac_huff_tbl_ptrs[component->ac_tbl_no]))
            return false;
    }
    return true;
}

/* What a stream must be, judged from its header before any memory is asked for. */
static const char *refusal(const struct jpeg_decompress_struct *info, int components, const struct og_plane *planes)
{
    if (info->progressive_mode || info->arith_code || info->data_precision != 8)
        return "not a baseline 8-bit stream";
    if (info->num_components != components)
        return "unexpected number of components";
    if (info->image_width != (JDIMENSION)planes[0].width || info->image_height != (JDIMENSION)planes[0].height)
        return "unexpected size";
    for (int i = 0; i < components; i++)
        if (info->comp_info[i].h_samp_factor != 1 || info->comp_info[i].v_samp_factor != 1)
            return "unexpected chroma subsampling";
    return has_tables(info) ? NULL : "a table is missing";
}

static void read_planes(struct og_jpeg_decoder *decoder, int components, const struct og_plane *planes)
{
    JSAMPROW rows[3][DCTSIZE];
    JSAMPARRAY parts[3] = {rows[0], rows[1], rows[2]};
    for (int y = 0; y < planes[0].height; y += DCTSIZE) {
        for (int c = 0; c < components; c++)
            for (int i = 0; i < DCTSIZE; i++)
                rows[c][i] = planes[c].data + (y + i) * planes[c].stride;
        jpeg_read_raw_data(&decoder->info, parts, DCTSIZE);
    }
}

enum og_status og_jpeg_decode(struct og_jpeg_decoder *decoder, struct og_span tables, struct og_span stream,
                              int components, const struct og_plane *planes, struct og_error *err)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    if (setjmp(decoder->errors.escape)) {
        jpeg_abort_decompress(info);
        return og_error_set(err, decoder->errors.status, "%s", decoder->errors.text);
    }
    forget_tables(info);
    if (tables.size) {
        source_set(decoder, tables);
        if (jpeg_read_header(info, FALSE) != JPEG_HEADER_TABLES_ONLY) {
            jpeg_abort_decompress(info);
            return og_error_set(err, OG_DAMAGED, "the JPEG tables hold an image");
        }
    }
    source_set(decoder, stream);
    jpeg_read_header(info, TRUE);
    const char *reason = refusal(info, components, planes);
    if (reason) {
        jpeg_abort_decompress(info);
        return og_error_set(err, OG_DAMAGED, "%s", reason);
    }
    info->out_color_space = info->jpeg_color_space;
    info->dct_method = JDCT_ISLOW;
    info->raw_data_out = TRUE;
    info->do_fancy_upsampling = FALSE;
    jpeg_start_decompress(info);
    read_planes(decoder, components, planes);
    jpeg_finish_decompress(info);
    return OG_OK;
}
