/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_TIFF_DIRECTORY_H
#define OG_SLIDE_TIFF_DIRECTORY_H
/*
 * The few tags of a little-endian BigTIFF's directories that an Origami slide is made of. Nothing else is looked at.
 *
 * Threads:   pure but for reads of the file.
 * Ownership: fills the caller's array.
 * Errors:    every offset, count and type is checked against the file before it is used; the text names the page.
 */
#include "slide/file.h"

struct og_tiff_blob {
    uint64_t offset, size; /* size 0: the tag is not there */
};

struct og_tiff_page {
    uint64_t width, height, tile_width, tile_height;
    uint64_t compression, photometric, samples, seal;
    bool has_seal, eight_bits;
    uint64_t subsampling[2];
    struct og_tiff_blob description, tables, records;
};

/* Reads at most `room` pages; more in the file are not looked at. */
OG_CHECKED enum og_status og_tiff_read_pages(const struct og_file *file, struct og_tiff_page *pages, unsigned room,
                                             unsigned *count, struct og_error *err);

#endif
