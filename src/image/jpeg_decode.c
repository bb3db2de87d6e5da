/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/tile.h"
#include "image/jpeg.h"
#include "jpeg_scan.h"
#include "jpeg_scans.h"

struct og_jpeg_decoder {
    struct jpeg_decompress_struct info;
    struct og_jpeg_errors errors;
    struct jpeg_source_mgr source;
    struct og_jpeg_scans scans;
    struct og_jpeg_scan scan;
    uint8_t row[3 * OG_TILE_SIZE]; /* of a foreign stream, its components side by side */
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

struct og_jpeg_decoder *og_jpeg_decoder_new(const struct og_kernels *kernels)
{
    struct og_jpeg_decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder)
        return NULL;
    if (!create(decoder)) {
        free(decoder);
        return NULL;
    }
    decoder->scan.kernels = kernels;
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

/* Of the scan that comes now: of components that come later nothing is known yet. */
static bool has_tables(const struct jpeg_decompress_struct *info)
{
    for (int i = 0; i < info->comps_in_scan; i++) {
        const jpeg_component_info *component = info->cur_comp_info[i];
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

static bool is_one_plain_scan(const struct jpeg_decompress_struct *info)
{
    return info->comps_in_scan == info->num_components && info->restart_interval == 0 && info->Ss == 0 &&
           info->Se == DCTSIZE2 - 1 && info->Ah == 0 && info->Al == 0;
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
    if (!is_one_plain_scan(info))
        return "not one scan without restarts";
    return has_tables(info) ? NULL : "a table is missing";
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
    info->progress = NULL;
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
    struct og_span rest = {decoder->source.next_input_byte, decoder->source.bytes_in_buffer};
    enum og_status status = og_jpeg_scan_read(&decoder->scan, info, rest, planes, err);
    jpeg_abort_decompress(info);
    return status;
}

/* ---- streams of others ---- */

static bool is_halved_or_whole(const jpeg_component_info *component, int c)
{
    int h = component->h_samp_factor, v = component->v_samp_factor;
    return c == 0 ? h >= 1 && h <= 2 && v >= 1 && v <= 2 : h == 1 && v == 1;
}

static const char *foreign_refusal(const struct jpeg_decompress_struct *info, int components,
                                   const struct og_plane *planes, int width, int height)
{
    if (info->arith_code || info->data_precision != 8)
        return "not a Huffman-coded 8-bit stream";
    if (info->num_components != components)
        return "unexpected number of components";
    if (info->jpeg_color_space != (components == 1 ? JCS_GRAYSCALE : JCS_YCbCr))
        return "not in the colours of JFIF";
    int got_width = (int)info->image_width, got_height = (int)info->image_height;
    if ((got_width != width || got_height != height) &&
        (got_width != planes[0].width || got_height != planes[0].height))
        return "unexpected size";
    for (int c = 0; components == 3 && c < 3; c++)
        if (!is_halved_or_whole(&info->comp_info[c], c))
            return "unexpected chroma subsampling";
    return info->progressive_mode || has_tables(info) ? NULL : "a table is missing"; /* else they come scan by scan */
}

/* The tables that the first scan of each component found; forget_tables left zeros where the stream has none. */
static bool has_steps(const struct jpeg_decompress_struct *info)
{
    for (int c = 0; c < info->num_components; c++) {
        const JQUANT_TBL *steps = info->comp_info[c].quant_table;
        if (!steps || steps->quantval[0] == 0)
            return false;
    }
    return true;
}

static void split_row(const uint8_t *row, int width, int y, const struct og_plane *planes)
{
    for (int c = 0; c < 3; c++) {
        uint8_t *to = planes[c].data + y * planes[c].stride;
        for (int x = 0; x < width; x++)
            to[x] = row[3 * x + c];
    }
}

static void read_rows(struct og_jpeg_decoder *decoder, int components, const struct og_plane *planes)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    while (info->output_scanline < info->output_height) {
        int y = (int)info->output_scanline;
        JSAMPROW row = components == 1 ? planes[0].data + y * planes[0].stride : decoder->row;
        jpeg_read_scanlines(info, &row, 1);
        if (components == 3)
            split_row(decoder->row, (int)info->output_width, y, planes);
    }
}

static void read_foreign(struct og_jpeg_decoder *decoder, int components, const struct og_plane *planes)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    info->out_color_space = info->jpeg_color_space;
    info->dct_method = JDCT_ISLOW;
    info->raw_data_out = FALSE;
    info->do_fancy_upsampling = TRUE;
    info->do_block_smoothing = FALSE;
    jpeg_start_decompress(info);
    if (!has_steps(info))
        og_jpeg_give_up(&decoder->errors, "a table is missing");
    read_rows(decoder, components, planes);
    int width = (int)info->output_width, height = (int)info->output_height;
    jpeg_finish_decompress(info);
    for (int c = 0; c < components; c++)
        og_plane_pad(&planes[c], width, height);
}

enum og_status og_jpeg_decode_foreign(struct og_jpeg_decoder *decoder, struct og_span stream, int components,
                                      const struct og_plane *planes, int width, int height, struct og_error *err)
{
    struct jpeg_decompress_struct *info = &decoder->info;
    assert(width <= planes[0].width && planes[0].width <= OG_TILE_SIZE && height <= planes[0].height);
    if (setjmp(decoder->errors.escape)) {
        jpeg_abort_decompress(info);
        return og_error_set(err, decoder->errors.status, "%s", decoder->errors.text);
    }
    forget_tables(info);
    og_jpeg_bound_scans(&decoder->scans, info);
    source_set(decoder, stream);
    jpeg_read_header(info, TRUE);
    const char *reason = foreign_refusal(info, components, planes, width, height);
    if (reason) {
        jpeg_abort_decompress(info);
        return og_error_set(err, OG_DAMAGED, "%s", reason);
    }
    read_foreign(decoder, components, planes);
    return OG_OK;
}
