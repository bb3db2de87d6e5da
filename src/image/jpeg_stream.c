/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/tile.h"
#include "image/jpeg.h"

enum { SOF0 = 0xc0, SOF1 = 0xc1, SOI = 0xd8, EOI = 0xd9, SOS = 0xda, MARKER = 2, FRAME_BYTES = 19 };

static const uint8_t jfif[] = {0xff, SOI, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0};

static bool framed(struct og_span span)
{
    return span.size >= 2 * MARKER && span.data[0] == 0xff && span.data[1] == SOI && span.data[span.size - 2] == 0xff &&
           span.data[span.size - 1] == EOI;
}

struct og_buf *og_jpeg_splice(struct og_span tables, struct og_span tile)
{
    size_t body = framed(tables) ? tables.size - 2 * MARKER : 0;
    struct og_buf *buf = og_buf_new(sizeof jfif + body + tile.size - MARKER);
    if (!buf)
        return NULL;
    uint8_t *to = buf->data;
    memcpy(to, jfif, sizeof jfif);
    if (body)
        memcpy(to + sizeof jfif, tables.data + MARKER, body);
    memcpy(to + sizeof jfif + body, tile.data + MARKER, tile.size - MARKER);
    return buf;
}

static bool is_frame_header(uint8_t marker)
{
    return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* The place of the frame header's marker; 0: there is none. Three components' worth of bytes follow it. */
static size_t find_frame(struct og_span stream)
{
    for (size_t i = MARKER; i + FRAME_BYTES <= stream.size && stream.data[i] == 0xff;) {
        uint8_t marker = stream.data[i + 1];
        if (is_frame_header(marker))
            return i;
        if (marker == SOS)
            break;
        i += marker == 0xff ? 1 : MARKER + (size_t)(stream.data[i + 2] << 8 | stream.data[i + 3]);
    }
    return 0;
}

enum og_status og_jpeg_size(struct og_span stream, int *width, int *height, struct og_error *err)
{
    if (!framed(stream))
        return og_error_set(err, OG_DAMAGED, "not a whole JPEG stream");
    size_t frame = find_frame(stream);
    if (!frame)
        return og_error_set(err, OG_DAMAGED, "a JPEG stream without a frame header");
    *height = stream.data[frame + 5] << 8 | stream.data[frame + 6];
    *width = stream.data[frame + 7] << 8 | stream.data[frame + 8];
    return OG_OK;
}

/* Is it what a base page holds: baseline, eight bits, three components, none subsampled? */
static bool is_base_tile(struct og_span stream)
{
    const uint8_t *frame = stream.data + find_frame(stream);
    return (frame[1] == SOF0 || frame[1] == SOF1) && frame[4] == 8 && frame[9] == 3 && frame[11] == 0x11 &&
           frame[14] == 0x11 && frame[17] == 0x11;
}

/* Leaves *out empty where the whole stream is what is served. */
static enum og_status fit(struct og_span whole, bool is_ours, bool may_be_full, int width, int height,
                          struct og_buf **out, struct og_error *err)
{
    int got_width, got_height;
    enum og_status status = og_jpeg_size(whole, &got_width, &got_height, err);
    if (status != OG_OK)
        return status;
    bool is_full = got_width == OG_TILE_SIZE && got_height == OG_TILE_SIZE;
    bool is_due = got_width == width && got_height == height;
    if (is_ours ? !is_full : !is_due && !(may_be_full && is_full))
        return og_error_set(err, OG_DAMAGED, "the tile is %d x %d where %d x %d is due", got_width, got_height,
                            is_ours ? OG_TILE_SIZE : width, is_ours ? OG_TILE_SIZE : height);
    if (is_ours && !is_base_tile(whole))
        return og_error_set(err, OG_DAMAGED, "not a baseline 4:4:4 stream");
    return is_due ? OG_OK : og_jpeg_crop(whole, width, height, out, err);
}

enum og_status og_jpeg_finish(struct og_span tables, struct og_span stream, bool may_be_full, int width, int height,
                              struct og_buf **out, struct og_error *err)
{
    struct og_buf *whole = tables.size ? og_jpeg_splice(tables, stream) : og_buf_copy(stream.data, stream.size);
    *out = NULL;
    if (!whole)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status =
        fit((struct og_span){whole->data, whole->size}, tables.size > 0, may_be_full, width, height, out, err);
    if (status == OG_OK && !*out)
        *out = whole;
    else
        og_buf_unref(&whole);
    return status;
}
