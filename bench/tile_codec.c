/* SPDX-License-Identifier: MIT */
#include "tile_codec.h"

#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "must.h"
#include "tool/parallel.h"
#include "tool/vips.h"

enum { T = OG_TILE_SIZE, HALF = T / 2, WEBP_EFFORT = 4 };

struct score {
    enum tile_codec codec;
    int setting;
    const struct picture *picture;
    const struct mozjpeg *made;
    uint64_t bytes;
    struct og_tally level[OUTCOME_DEPTHS];
};

struct desk {
    const struct score *score;
    struct og_jpeg_encoder *encoder;
    struct og_jpeg_decoder *decoder;
    uint8_t source[3][T * T], seen[3][T * T];
    uint8_t rgb[3 * T * T];
};

struct tile {
    uint64_t index;
    struct og_pyramid_place place;
    struct og_tally_source source;
    struct og_plane seen[3];
};

struct scored {
    unsigned depth;
    uint64_t bytes;
    struct og_tally tally;
};

/* Planes of a tile as libjpeg would make them of RGB: chroma is the mean of 2 x 2. */
static void planes_of_jpeg(struct desk *d, const struct tile *tile, struct og_plane planes[3])
{
    planes[0] = picture_pad(&tile->source.planes[0], d->source[0], T);
    for (unsigned i = 1; i < 3; i++) {
        struct og_plane whole = picture_pad(&tile->source.planes[i], d->seen[i], T);
        planes[i] = (struct og_plane){d->source[i], HALF, HALF, HALF};
        og_kernels_choose()->halve(&whole, &planes[i]);
    }
}

static struct og_jpeg_recipe jpeg_recipe(int quality)
{
    return (struct og_jpeg_recipe){.components = 3, .chroma_halved = true, .quality = quality};
}

static enum og_status jpeg_stream(struct desk *d, const struct tile *tile, struct og_span *out, struct og_error *err)
{
    struct og_jpeg_recipe recipe = jpeg_recipe(d->score->setting);
    struct og_plane planes[3];
    planes_of_jpeg(d, tile, planes);
    return og_jpeg_encode(d->encoder, &recipe, planes, tile->source.planes[0].width, tile->source.planes[0].height, out,
                          err);
}

static enum og_status see_jpeg(struct desk *d, struct tile *tile, struct og_span stream, struct og_error *err)
{
    return og_jpeg_decode_foreign(d->decoder, stream, 3, tile->seen, tile->source.planes[0].width,
                                  tile->source.planes[0].height, err);
}

static enum og_status jpeg(struct desk *d, struct tile *tile, uint64_t *bytes, struct og_error *err)
{
    struct og_span stream;
    enum og_status status = jpeg_stream(d, tile, &stream, err);
    *bytes = stream.size;
    return status == OG_OK ? see_jpeg(d, tile, stream, err) : status;
}

static enum og_status mozjpeg(struct desk *d, struct tile *tile, uint64_t *bytes, struct og_error *err)
{
    struct og_span stream = mozjpeg_stream(d->score->made, d->score->setting, tile->index);
    *bytes = stream.size;
    return see_jpeg(d, tile, stream, err);
}

static void split_colours(const struct tile *tile, const uint8_t *rgb)
{
    size_t width = (size_t)tile->source.planes[0].width;
    for (int y = 0; y < tile->source.planes[0].height; y++) {
        ptrdiff_t row = y * tile->seen[0].stride;
        og_kernels_choose()->rgb_to_ycc(rgb + 3 * width * (size_t)y, width, tile->seen[0].data + row,
                                        tile->seen[1].data + row, tile->seen[2].data + row);
    }
}

static enum og_status webp(struct desk *d, struct tile *tile, uint64_t *bytes, struct og_error *err)
{
    int width = tile->source.planes[0].width, height = tile->source.planes[0].height;
    size_t row = 3 * (size_t)width, size = 0, pixels = row * (size_t)height;
    for (int y = 0; y < height; y++)
        memcpy(d->rgb + row * (size_t)y, tile->source.rgb + y * tile->source.rgb_stride, row);
    VipsImage *image = vips_image_new_from_memory(d->rgb, pixels, width, height, 3, VIPS_FORMAT_UCHAR);
    VipsImage *seen = NULL;
    void *stream = NULL, *rgb = NULL;
    image->Type = VIPS_INTERPRETATION_sRGB;
    bool good = vips_webpsave_buffer(image, &stream, &size, "Q", d->score->setting, "effort", WEBP_EFFORT, NULL) == 0 &&
                vips_webpload_buffer(stream, size, &seen, NULL) == 0 && seen->Bands == 3 && seen->Xsize == width &&
                seen->Ysize == height;
    rgb = good ? vips_image_write_to_memory(seen, &pixels) : NULL;
    if (rgb)
        split_colours(tile, rgb);
    *bytes = size;
    g_free(rgb);
    if (seen)
        g_object_unref(seen);
    g_free(stream);
    g_object_unref(image);
    return rgb ? OG_OK : og_vips_error(err, OG_IO, "a tile", "encode and decode it");
}

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct desk *d = worker;
    d->score = context;
    d->encoder = og_jpeg_encoder_new();
    d->decoder = og_jpeg_decoder_new(og_kernels_choose());
    return d->encoder && d->decoder ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static void leave(void *worker)
{
    struct desk *d = worker;
    og_jpeg_encoder_destroy(&d->encoder);
    og_jpeg_decoder_destroy(&d->decoder);
    vips_thread_shutdown();
}

static enum og_status make(void *worker, uint64_t index, void *item, struct og_error *err)
{
    static enum og_status (*const codecs[TILE_CODECS])(struct desk *, struct tile *, uint64_t *, struct og_error *) = {
        [TILE_JPEG] = jpeg, [TILE_MOZJPEG] = mozjpeg, [TILE_WEBP] = webp};
    struct desk *d = worker;
    const struct picture *picture = d->score->picture;
    struct scored *scored = item;
    struct tile tile = {.index = index, .place = og_pyramid_nth(&picture->pyramid, 0, index)};
    tile.source = picture_tile(picture, tile.place.depth, tile.place.x, tile.place.y);
    for (unsigned i = 0; i < 3; i++)
        tile.seen[i] = (struct og_plane){d->seen[i], T, T, T};
    enum og_status status = codecs[d->score->codec](d, &tile, &scored->bytes, err);
    scored->depth = tile.place.depth;
    if (status == OG_OK && scored->depth < OUTCOME_DEPTHS)
        og_tally_tile(&scored->tally, og_kernels_choose(), tile.place.x, tile.place.y, &tile.source, tile.seen, false);
    return status;
}

static enum og_status take(void *context, uint64_t index, void *item, struct og_error *err)
{
    struct score *score = context;
    const struct scored *scored = item;
    (void)index, (void)err;
    score->bytes += scored->bytes;
    if (scored->depth < OUTCOME_DEPTHS)
        og_tally_merge(&score->level[scored->depth], &scored->tally);
    return OG_OK;
}

struct outcome tile_codec_score(enum tile_codec codec, int setting, const struct picture *picture,
                                const struct mozjpeg *made)
{
    struct score score = {.codec = codec, .setting = setting, .picture = picture, .made = made};
    struct og_parallel_work work = {.pieces = picture_tiles(picture),
                                    .worker_bytes = sizeof(struct desk),
                                    .item_bytes = sizeof(struct scored),
                                    .context = &score,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take};
    struct og_error err = {0};
    must(og_parallel_run(&work, "tiles", 0, &err), &err);
    return outcome_of(score.bytes, score.level);
}

struct og_buf *tile_codec_jpeg(int quality, const struct og_tally_source *tile)
{
    struct score score = {.codec = TILE_JPEG, .setting = quality};
    struct tile given = {.source = *tile};
    struct og_span stream;
    struct og_error err = {0};
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk)
        exit(1);
    must(join(&score, desk, &err), &err);
    must(jpeg_stream(desk, &given, &stream, &err), &err);
    struct og_buf *out = og_buf_copy(stream.data, stream.size);
    leave(desk);
    free(desk);
    return out;
}

uint64_t tile_codec_jpeg_tables(int setting)
{
    enum { ENDS = 4 }; /* SOI and EOI, which each tile keeps */
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_jpeg_recipe recipe = jpeg_recipe(setting);
    struct og_span tables;
    struct og_error err = {0};
    if (!encoder || og_jpeg_encode_tables(encoder, &recipe, &tables, &err) != OG_OK)
        exit(1);
    uint64_t bytes = tables.size - ENDS;
    og_jpeg_encoder_destroy(&encoder);
    return bytes;
}
