/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_OUTPUT_H
#define OG_IMAGE_JPEG_OUTPUT_H
/*
 * A libjpeg destination of fixed size: the stream is written where it stays, and one that does not fit is an error
 * instead of a reallocation.
 *
 * Threads:   one output per handle.
 * Ownership: embedded in the handle; the span is borrowed from it until the next stream is begun.
 * Errors:    too long a stream escapes through og_jpeg_errors.
 */
#include "base/span.h"
#include "base/tile.h"
#include "jpeg_error.h"

/* The most that this encoder makes of a 4:4:4 tile, and room for headers. */
enum { OG_JPEG_OUTPUT_BYTES = 6 * OG_TILE_SIZE * OG_TILE_SIZE + 4096 };

struct og_jpeg_output {
    struct jpeg_destination_mgr base; /* first: libjpeg hands its address back */
    uint8_t bytes[OG_JPEG_OUTPUT_BYTES];
};

void og_jpeg_output_init(struct og_jpeg_output *output, struct jpeg_compress_struct *info);
struct og_span og_jpeg_output_written(const struct og_jpeg_output *output);

#endif
