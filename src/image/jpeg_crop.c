/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "jpeg_output.h"
#include "jpeg_scans.h"

struct crop {
    struct og_jpeg_errors errors;
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct og_jpeg_scans scans;
    struct og_jpeg_output output;
};

static JDIMENSION blocks_along(int samples, int factor, int largest_factor)
{
    return (JDIMENSION)((samples * factor + largest_factor * DCTSIZE - 1) / (largest_factor * DCTSIZE));
}

static JDIMENSION round_up(JDIMENSION blocks, int factor)
{
    return (blocks + (JDIMENSION)factor - 1) / (JDIMENSION)factor * (JDIMENSION)factor;
}

static void copy_component(j_common_ptr owner, jvirt_barray_ptr from, jvirt_barray_ptr to, JDIMENSION across,
                           JDIMENSION down)
{
    for (JDIMENSION y = 0; y < down; y++) {
        JBLOCKARRAY in = owner->mem->access_virt_barray(owner, from, y, 1, FALSE);
        JBLOCKARRAY out = owner->mem->access_virt_barray(owner, to, y, 1, TRUE);
        memcpy(out[0], in[0], across * sizeof(JBLOCK));
    }
}

/* Blocks of the smaller image, copied; those that pad an MCU row beyond the source's blocks stay zero. */
static jvirt_barray_ptr *copy_blocks(struct crop *crop, jvirt_barray_ptr *source, int width, int height)
{
    struct jpeg_decompress_struct *from = &crop->from;
    j_common_ptr owner = (j_common_ptr)from;
    jvirt_barray_ptr *part = from->mem->alloc_small(owner, JPOOL_IMAGE, sizeof *part * (size_t)from->num_components);
    JDIMENSION across[MAX_COMPONENTS], down[MAX_COMPONENTS];
    for (int c = 0; c < from->num_components; c++) {
        const jpeg_component_info *component = &from->comp_info[c];
        int h = component->h_samp_factor, v = component->v_samp_factor;
        across[c] = blocks_along(width, h, from->max_h_samp_factor);
        down[c] = blocks_along(height, v, from->max_v_samp_factor);
        part[c] = from->mem->request_virt_barray(owner, JPOOL_IMAGE, TRUE, round_up(across[c], h), round_up(down[c], v),
                                                 (JDIMENSION)v);
    }
    from->mem->realize_virt_arrays(owner);
    for (int c = 0; c < from->num_components; c++)
        copy_component(owner, source[c], part[c], across[c], down[c]);
    return part;
}

static void transcode(struct crop *crop, struct og_span stream, int width, int height)
{
    og_jpeg_bound_scans(&crop->scans, &crop->from);
    jpeg_mem_src(&crop->from, stream.data, stream.size);
    jpeg_read_header(&crop->from, TRUE);
    if (crop->from.arith_code)
        og_jpeg_give_up(&crop->errors, "an arithmetic-coded stream");
    if (crop->from.image_width > OG_TILE_SIZE || crop->from.image_height > OG_TILE_SIZE ||
        width > (int)crop->from.image_width || height > (int)crop->from.image_height)
        og_jpeg_give_up(&crop->errors, "unexpected size");
    jvirt_barray_ptr *blocks = jpeg_read_coefficients(&crop->from);
    blocks = copy_blocks(crop, blocks, width, height);

    og_jpeg_output_init(&crop->output, &crop->to);
    jpeg_copy_critical_parameters(&crop->from, &crop->to);
    crop->to.image_width = (JDIMENSION)width;
    crop->to.image_height = (JDIMENSION)height;
    jpeg_write_coefficients(&crop->to, blocks);
    jpeg_finish_compress(&crop->to);
    jpeg_finish_decompress(&crop->from);
}

static bool attempt(struct crop *crop, struct og_span stream, int width, int height)
{
    crop->from.err = crop->to.err = og_jpeg_errors_init(&crop->errors);
    if (setjmp(crop->errors.escape))
        return false;
    jpeg_create_decompress(&crop->from);
    jpeg_create_compress(&crop->to);
    transcode(crop, stream, width, height);
    return true;
}

static struct og_buf *copy_of(struct og_span span)
{
    return og_buf_copy(span.data, span.size);
}

enum og_status og_jpeg_crop(struct og_span stream, int width, int height, struct og_buf **out, struct og_error *err)
{
    struct crop *crop = calloc(1, sizeof *crop);
    if (!crop)
        return og_error_set(err, OG_NO_MEMORY, "out of memory while cutting a tile");
    enum og_status status = OG_OK;
    if (!attempt(crop, stream, width, height))
        status = og_error_set(err, crop->errors.status, "%s", crop->errors.text);
    else if (!(*out = copy_of(og_jpeg_output_written(&crop->output))))
        status = og_error_set(err, OG_NO_MEMORY, "out of memory while cutting a tile");
    jpeg_destroy_compress(&crop->to);
    jpeg_destroy_decompress(&crop->from);
    free(crop);
    return status;
}
