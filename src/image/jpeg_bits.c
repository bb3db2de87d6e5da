/* SPDX-License-Identifier: MIT */
#include "jpeg_bits.h"

void og_jpeg_bits_begin(struct og_jpeg_bits *bits, struct og_span stream)
{
    bits->window = 0;
    bits->count = 0;
    bits->ended = false;
    bits->next = bits->end = bits->chunk;
    bits->stream = stream;
    og_jpeg_bits_top_up(bits);
}

static void skip(struct og_span *stream, size_t bytes)
{
    stream->data += bytes;
    stream->size -= bytes;
}

void og_jpeg_bits_top_up(struct og_jpeg_bits *bits)
{
    struct og_span *stream = &bits->stream;
    size_t kept = (size_t)(bits->end - bits->next);
    uint8_t *to = bits->chunk + kept, *limit = bits->chunk + OG_BITS_CHUNK;
    memmove(bits->chunk, bits->next, kept);
    while (to < limit && !bits->ended) {
        size_t room = (size_t)(limit - to), size = stream->size < room ? stream->size : room;
        const uint8_t *mark = memchr(stream->data, 0xff, size);
        size_t plain = mark ? (size_t)(mark - stream->data) : size;
        memcpy(to, stream->data, plain);
        to += plain;
        skip(stream, plain);
        bool stuffed = mark && stream->size >= 2 && mark[1] == 0;
        if (stuffed) {
            *to++ = 0xff;
            skip(stream, 2);
        }
        bits->ended = stream->size == 0 || (mark && !stuffed);
    }
    if (bits->ended)
        memset(to, 0, 2 * OG_BITS_MARGIN);
    bits->next = bits->chunk;
    bits->end = to;
}
