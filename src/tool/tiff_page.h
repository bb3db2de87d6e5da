/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TIFF_PAGE_H
#define OG_TOOL_TIFF_PAGE_H
/*
 * What all pages that this program writes have in common: a TIFF directory of JPEG tiles whose bytes are in the file
 * already.
 *
 * Threads:   one at a time. Ownership: borrow everything; the arrays belong to libtiff.
 * Errors:    false: libtiff refused, and errno may say why.
 */
#include <stdbool.h>
#include <stdint.h>
#include <tiffio.h>

#include "base/span.h"
#include "slide/pyramid.h"

bool og_tiff_set_tiles(TIFF *tiff, struct og_extent size, struct og_span tables);

/* YCbCr of full range; `subsampling` is 1 or 2, in both directions. */
bool og_tiff_set_colour(TIFF *tiff, bool reduced, unsigned subsampling);

/* Of a page at that depth below the pixels whose size is given in µm; 0: unknown, no tags. */
bool og_tiff_set_resolution(TIFF *tiff, double mpp_x, double mpp_y, unsigned depth);

/* The arrays of tile offsets and lengths, in raster order, to be filled before TIFFWriteDirectory. */
bool og_tiff_arrays(TIFF *tiff, uint64_t **offsets, uint64_t **lengths);

#endif
