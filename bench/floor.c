/* SPDX-License-Identifier: MIT */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

enum { T = OG_TILE_SIZE, LINES = 16 };

struct floor {
    struct jpeg_decompress_struct from;
    struct jpeg_compress_struct to;
    struct jpeg_error_mgr from_errors, to_errors;
    uint8_t decoded[3][T * T];
    unsigned char *output;
};

enum { OUTPUT_BYTES = 4 * T * T };

/* Once: parameters outlive an image. */
static void set_recipe(struct jpeg_compress_struct *to, int quality)
{
    to->image_width = to->image_height = T;
    to->input_components = 3;
    to->in_color_space = JCS_YCbCr;
    jpeg_set_defaults(to);
    jpeg_set_quality(to, quality, TRUE);
    to->dct_method = JDCT_ISLOW;
    to->raw_data_in = TRUE;
}

struct floor *floor_new(int quality)
{
    struct floor *floor = malloc(sizeof *floor);
    floor->from.err = jpeg_std_error(&floor->from_errors);
    floor->to.err = jpeg_std_error(&floor->to_errors);
    jpeg_create_decompress(&floor->from);
    jpeg_create_compress(&floor->to);
    floor->output = malloc(OUTPUT_BYTES);
    set_recipe(&floor->to, quality);
    return floor;
}

void floor_destroy(struct floor *floor)
{
    jpeg_destroy_decompress(&floor->from);
    jpeg_destroy_compress(&floor->to);
    free(floor->output);
    free(floor);
}

static void decode(struct floor *floor, struct og_span tables, struct og_span stream, int components)
{
    JSAMPROW rows[3][DCTSIZE];
    JSAMPARRAY parts[3] = {rows[0], rows[1], rows[2]};
    struct jpeg_decompress_struct *from = &floor->from;
    jpeg_mem_src(from, tables.data, tables.size);
    jpeg_read_header(from, FALSE);
    jpeg_mem_src(from, stream.data, stream.size);
    jpeg_read_header(from, TRUE);
    from->raw_data_out = TRUE;
    from->dct_method = JDCT_ISLOW;
    from->out_color_space = from->jpeg_color_space;
    jpeg_start_decompress(from);
    for (int y = 0; y < T; y += DCTSIZE) {
        for (int c = 0; c < components; c++)
            for (int i = 0; i < DCTSIZE; i++)
                rows[c][i] = floor->decoded[c] + (y + i) * T;
        jpeg_read_raw_data(from, parts, DCTSIZE);
    }
    jpeg_finish_decompress(from);
}

static void encode(struct floor *floor, const struct og_plane planes[3])
{
    JSAMPROW rows[3][LINES];
    JSAMPARRAY parts[3] = {rows[0], rows[1], rows[2]};
    struct jpeg_compress_struct *to = &floor->to;
    unsigned long size = OUTPUT_BYTES;
    unsigned char *output = floor->output;
    jpeg_mem_dest(to, &output, &size);
    jpeg_start_compress(to, TRUE);
    for (int y = 0; y < T; y += LINES) {
        for (int c = 0; c < 3; c++) {
            int lines = c == 0 ? LINES : LINES / 2, first = c == 0 ? y : y / 2;
            for (int i = 0; i < lines; i++)
                rows[c][i] = planes[c].data + (first + i) * planes[c].stride;
        }
        jpeg_write_raw_data(to, parts, LINES);
    }
    jpeg_finish_compress(to);
}

static void decode_slot(struct floor *floor, const struct og_stored_family *stored, const struct og_family *family,
                        unsigned slot)
{
    struct og_plane planes[3];
    if (!stored->stream[slot].size)
        return;
    int components = slot == OG_SLOT_L2 ? 3 : og_family_residual(family, slot, planes);
    decode(floor, stored->tables[og_slot_place(slot).depth], stored->stream[slot], components);
}

static void encode_slot(struct floor *floor, const struct og_family *family, unsigned slot)
{
    struct og_plane planes[3] = {og_family_luma(family, slot)};
    og_family_chroma(family, slot, planes + 1);
    encode(floor, planes);
}

void floor_family(struct floor *floor, const struct og_stored_family *stored, const struct og_family *family)
{
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        decode_slot(floor, stored, family, slot);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        encode_slot(floor, family, slot);
}

void floor_chain(struct floor *floor, const struct og_stored_family *stored, unsigned slot,
                 const struct og_family *family)
{
    uint32_t chain = og_slot_closure(slot);
    for (unsigned link = 0; link < OG_FAMILY_SLOTS; link++)
        if (chain >> link & 1)
            decode_slot(floor, stored, family, link);
    encode_slot(floor, family, slot);
}
