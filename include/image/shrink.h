/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_SHRINK_H
#define OG_IMAGE_SHRINK_H
/*
 * The levels below the smallest stored one: its only tile, halved as often as asked, as a 4:4:4 JPEG.
 *
 * Threads:   pure but for the two handles, which are the calling thread's.
 * Ownership: `out` is borrowed until the encoder's next call.
 * Errors:    as og_jpeg_decode; OG_NO_MEMORY.
 */
#include "image/jpeg.h"
#include "image/kernels.h"

/* `width` x `height`: the valid part of the stored tile, at most OG_TILE_SIZE each; halved `times` times, rounding up.
 */
OG_CHECKED enum og_status og_shrink(const struct og_kernels *kernels, struct og_jpeg_decoder *decoder,
                                    struct og_jpeg_encoder *encoder, struct og_span tables, struct og_span tile,
                                    int width, int height, unsigned times, int quality, struct og_span *out,
                                    struct og_error *err);

#endif
