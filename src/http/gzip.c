/* SPDX-License-Identifier: MIT */
#include "http/gzip.h"

#include <limits.h>
#include <zlib.h>

enum { WINDOW_BITS = 15, AS_GZIP = 16, MEMORY_LEVEL = 8 };

struct og_buf *og_gzip(struct og_span text)
{
    z_stream stream = {0};
    if (text.size > UINT_MAX / 2 || deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, WINDOW_BITS + AS_GZIP,
                                                 MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t bound = deflateBound(&stream, text.size);
    struct og_buf *bounded = og_buf_new(bound), *packed = NULL;
    if (bounded) {
        stream.next_in = (Bytef *)text.data;
        stream.avail_in = (uInt)text.size;
        stream.next_out = bounded->data;
        stream.avail_out = (uInt)bound;
        if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
            packed = og_buf_copy(bounded->data, bound - stream.avail_out);
    }
    deflateEnd(&stream);
    og_buf_unref(&bounded);
    return packed;
}
