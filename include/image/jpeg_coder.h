/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_CODER_H
#define OG_IMAGE_JPEG_CODER_H
/*
 * og_jpeg_coder: levels to abbreviated baseline JPEG streams (libjpeg-turbo codes them), and the tables that they share
 * to a table stream, TIFF's JPEGTables.
 *
 * Threads:   a coder belongs to one thread at a time.
 * Ownership: new returns owned; spans are borrowed until the coder's next call.
 * Errors:    OG_NO_MEMORY; OG_INTERNAL for levels that the tables have no word for.
 */
#include "base/span.h"
#include "base/status.h"
#include "image/quantise.h"

/* What the tiles of a page share: luma's, and where there are three components chroma's. */
struct og_jpeg_coding {
    int components; /* 1 or 3, none subsampled */
    struct og_quantiser quantiser[2];
    struct og_huffman_tables huffman[2];
};

struct og_jpeg_coder;

struct og_jpeg_coder *og_jpeg_coder_new(void); /* NULL: no memory */
void og_jpeg_coder_destroy(struct og_jpeg_coder **coder);

/* `levels`: OG_TILE_BLOCKS blocks for each component, as og_quantise_tile leaves them. */
OG_CHECKED enum og_status og_jpeg_code(struct og_jpeg_coder *coder, const struct og_jpeg_coding *coding,
                                       const int16_t (*levels)[OG_BLOCK], struct og_span *out, struct og_error *err);

OG_CHECKED enum og_status og_jpeg_code_tables(struct og_jpeg_coder *coder, const struct og_jpeg_coding *coding,
                                              struct og_span *out, struct og_error *err);

#endif
