/* SPDX-License-Identifier: MIT */
#include "image/jpeg_coder.h"

#include <stdlib.h>
#include <string.h>

#include "jpeg_output.h"

enum { ACROSS = OG_TILE_SIZE / OG_BLOCK_SIDE };

struct og_jpeg_coder {
    struct jpeg_compress_struct info;
    struct og_jpeg_errors errors;
    struct og_jpeg_output output;
};

static bool create(struct og_jpeg_coder *coder)
{
    coder->info.err = og_jpeg_errors_init(&coder->errors);
    if (setjmp(coder->errors.escape))
        return false;
    jpeg_create_compress(&coder->info);
    return true;
}

struct og_jpeg_coder *og_jpeg_coder_new(void)
{
    struct og_jpeg_coder *coder = calloc(1, sizeof *coder);
    if (!coder)
        return NULL;
    if (!create(coder)) {
        free(coder);
        return NULL;
    }
    og_jpeg_output_init(&coder->output, &coder->info);
    return coder;
}

void og_jpeg_coder_destroy(struct og_jpeg_coder **coder)
{
    if (*coder)
        jpeg_destroy_compress(&(*coder)->info);
    free(*coder);
    *coder = NULL;
}

static void set_huffman(JHUFF_TBL *to, const struct og_huffman_table *from)
{
    memcpy(to->bits, from->bits, sizeof to->bits);
    memcpy(to->huffval, from->symbols, sizeof to->huffval);
}

static void set_coding(struct jpeg_compress_struct *info, const struct og_jpeg_coding *coding)
{
    info->image_width = info->image_height = OG_TILE_SIZE;
    info->input_components = coding->components;
    info->in_color_space = coding->components == 1 ? JCS_GRAYSCALE : JCS_YCbCr;
    jpeg_set_defaults(info);
    info->write_JFIF_header = FALSE;
    info->comp_info[0].h_samp_factor = info->comp_info[0].v_samp_factor = 1;
    for (int i = 0; i < (coding->components == 1 ? 1 : 2); i++) {
        unsigned steps[DCTSIZE2];
        for (int k = 0; k < DCTSIZE2; k++)
            steps[og_zigzag[k]] = coding->quantiser[i].step[k];
        jpeg_add_quant_table(info, i, steps, 100, TRUE);
        set_huffman(info->dc_huff_tbl_ptrs[i], &coding->huffman[i].dc);
        set_huffman(info->ac_huff_tbl_ptrs[i], &coding->huffman[i].ac);
    }
}

static void place_levels(struct jpeg_compress_struct *info, jvirt_barray_ptr array, const int16_t (*levels)[OG_BLOCK])
{
    j_common_ptr common = (j_common_ptr)info;
    for (JDIMENSION y = 0; y < ACROSS; y++) {
        JBLOCKROW row = info->mem->access_virt_barray(common, array, y, 1, TRUE)[0];
        for (unsigned x = 0; x < ACROSS; x++, levels++)
            for (int i = 0; i < OG_BLOCK; i++)
                row[x][og_zigzag[i]] = (*levels)[i];
    }
}

static enum og_status failure(struct og_jpeg_coder *coder, struct og_error *err)
{
    jpeg_abort_compress(&coder->info);
    enum og_status status = coder->errors.status == OG_NO_MEMORY ? OG_NO_MEMORY : OG_INTERNAL;
    return og_error_set(err, status, "JPEG coder: %s", coder->errors.text);
}

enum og_status og_jpeg_code(struct og_jpeg_coder *coder, const struct og_jpeg_coding *coding,
                            const int16_t (*levels)[OG_BLOCK], struct og_span *out, struct og_error *err)
{
    struct jpeg_compress_struct *info = &coder->info;
    if (setjmp(coder->errors.escape))
        return failure(coder, err);
    set_coding(info, coding);
    jvirt_barray_ptr arrays[3];
    for (int c = 0; c < coding->components; c++)
        arrays[c] = info->mem->request_virt_barray((j_common_ptr)info, JPOOL_IMAGE, FALSE, ACROSS, ACROSS, 1);
    jpeg_write_coefficients(info, arrays);
    jpeg_suppress_tables(info, TRUE);
    for (int c = 0; c < coding->components; c++)
        place_levels(info, arrays[c], levels + c * OG_TILE_BLOCKS);
    jpeg_finish_compress(info);
    *out = og_jpeg_output_written(&coder->output);
    return OG_OK;
}

enum og_status og_jpeg_code_tables(struct og_jpeg_coder *coder, const struct og_jpeg_coding *coding,
                                   struct og_span *out, struct og_error *err)
{
    struct jpeg_compress_struct *info = &coder->info;
    if (setjmp(coder->errors.escape))
        return failure(coder, err);
    set_coding(info, coding);
    jpeg_suppress_tables(info, FALSE);
    if (coding->components == 1) {
        info->quant_tbl_ptrs[1]->sent_table = TRUE;
        info->dc_huff_tbl_ptrs[1]->sent_table = TRUE;
        info->ac_huff_tbl_ptrs[1]->sent_table = TRUE;
    }
    jpeg_write_tables(info);
    *out = og_jpeg_output_written(&coder->output);
    return OG_OK;
}
