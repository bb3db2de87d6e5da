/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_BITS_H
#define OG_IMAGE_JPEG_BITS_H
/*
 * og_jpeg_bits: the bits of a scan. Bytes are taken out of the stream a chunk at a time, without the zeros that JPEG
 * stuffs behind 0xff, so that whoever reads bits need not look for any: behind the last byte there are zeros enough
 * for a block. So a reader asks for room once per block, reads without looking, and asks then whether it was all there.
 *
 * Threads:   one reader per thread. Ownership: embedded; the stream is borrowed.
 * Errors:    none of its own: has_overrun and at_end say how it stands.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/span.h"
#include "image/dct.h"
#include "jpeg_codes.h"

enum { OG_BLOCK_BYTES = OG_BLOCK * OG_READ_BITS / 8, OG_BITS_MARGIN = OG_BLOCK_BYTES + 16, OG_BITS_CHUNK = 4096 };

struct og_jpeg_bits {
    uint64_t window; /* the next bits at its upper end */
    int count;       /* how many of them are taken from `next` */
    bool ended;      /* the chunk holds the last of the scan */
    const uint8_t *next, *end;
    struct og_span stream; /* what is not in the chunk yet */
    uint8_t chunk[OG_BITS_CHUNK + 2 * OG_BITS_MARGIN];
};

void og_jpeg_bits_begin(struct og_jpeg_bits *bits, struct og_span stream);
void og_jpeg_bits_top_up(struct og_jpeg_bits *bits);

static inline ptrdiff_t og_jpeg_bits_left(const struct og_jpeg_bits *bits)
{
    return (bits->end - bits->next) * 8 + bits->count;
}

/* Before each block. False: more was read than there is. */
static inline bool og_jpeg_bits_prepare(struct og_jpeg_bits *bits)
{
    if (bits->end - bits->next >= OG_BITS_MARGIN)
        return true;
    if (!bits->ended)
        og_jpeg_bits_top_up(bits);
    return og_jpeg_bits_left(bits) >= 0;
}

/* At least 56 bits for the window. */
static inline void og_jpeg_bits_fill(uint64_t *window, int *count, const uint8_t **next)
{
    uint64_t more;
    memcpy(&more, *next, sizeof more);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    more = __builtin_bswap64(more);
#endif
    *window |= more >> *count;
    *next += (63 - *count) >> 3;
    *count |= 56;
}

#endif
