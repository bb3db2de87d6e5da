/* SPDX-License-Identifier: MIT */
#include "jpeg_output.h"

static void begin(j_compress_ptr info)
{
    struct og_jpeg_output *output = (struct og_jpeg_output *)info->dest;
    output->base.next_output_byte = output->bytes;
    output->base.free_in_buffer = sizeof output->bytes;
}

static boolean full(j_compress_ptr info)
{
    og_jpeg_give_up((struct og_jpeg_errors *)info->err, "the tile does not fit its output buffer");
}

static void end(j_compress_ptr info)
{
    (void)info;
}

void og_jpeg_output_init(struct og_jpeg_output *output, struct jpeg_compress_struct *info)
{
    output->base.init_destination = begin;
    output->base.empty_output_buffer = full;
    output->base.term_destination = end;
    info->dest = &output->base;
}

struct og_span og_jpeg_output_written(const struct og_jpeg_output *output)
{
    return (struct og_span){output->bytes, sizeof output->bytes - output->base.free_in_buffer};
}
