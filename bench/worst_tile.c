/* SPDX-License-Identifier: MIT */
#include "worst_tile.h"

#include <stdlib.h>
#include <string.h>

#include "family_score.h"
#include "image/jpeg.h"
#include "must.h"
#include "tile_codec.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/verify.h"
#include "tool/vips.h"

enum {
    T = OG_TILE_SIZE,
    GAP = 8,
    PANELS = 3,
    WIDTH = PANELS * T + (PANELS - 1) * GAP,
    WHITE = 255,
    SAVED_QUALITY = 95
};

struct canvas {
    struct og_jpeg_decoder *decoder;
    struct og_tally_source source;
    uint8_t samples[3][T * T];
    uint8_t rgb[T][WIDTH][3];
};

static bool go_on(void *context, uint64_t pixels_done, uint64_t pixels)
{
    (void)context, (void)pixels_done, (void)pixels;
    return true;
}

static struct og_tile_score find_worst(const struct og_slide *slide, const struct picture *picture)
{
    struct og_verify_options options = {.worst = 1, .watch = go_on};
    struct og_verified *found = calloc(1, sizeof *found);
    struct og_error err = {0};
    if (!found)
        exit(1);
    must(og_verify(picture->source, slide, &options, found, &err), &err);
    struct og_tile_score worst = found->worst[0];
    free(found);
    return worst;
}

/* Decodes a tile into a panel; returns its luma PSNR. */
static double draw_stream(struct canvas *c, unsigned panel, struct og_span stream)
{
    const struct og_plane *luma = &c->source.planes[0];
    struct og_plane planes[3];
    struct og_tally tally = {0};
    struct og_error err = {0};
    for (unsigned i = 0; i < 3; i++)
        planes[i] = (struct og_plane){c->samples[i], T, T, T};
    must(og_jpeg_decode_foreign(c->decoder, stream, 3, planes, luma->width, luma->height, &err), &err);
    for (int y = 0; y < luma->height; y++)
        og_kernels_choose()->ycc_to_rgb(c->samples[0] + y * T, c->samples[1] + y * T, c->samples[2] + y * T,
                                        (size_t)luma->width, c->rgb[y][panel * (T + GAP)]);
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &c->source, planes, false);
    return og_tally_fidelity(&tally).psnr_luma;
}

static void draw_served(struct canvas *c, const struct og_slide *slide, const struct og_tile_score *tile)
{
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    struct og_buf *stream;
    struct og_error err = {0};
    must(og_rebuilder_tile(rebuilder, slide, og_slide_facts(slide)->pyramid.top, tile->x, tile->y,
                           OG_REBUILD_QUALITY_DEFAULT, &stream, &err),
         &err);
    draw_stream(c, 1, (struct og_span){stream->data, stream->size});
    og_buf_unref(&stream);
    og_rebuilder_destroy(&rebuilder);
}

/* The least quality at which the whole pyramid has that PSNR. */
static int equal_quality(const struct picture *picture, double luma_psnr)
{
    int from = 1, to = 100;
    while (from < to) {
        int middle = (from + to) / 2;
        if (tile_codec_score(TILE_JPEG, middle, picture, NULL).level[0].luma < luma_psnr)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static void save(const struct canvas *c, const char *path)
{
    int width = c->source.planes[0].width + (PANELS - 1) * (T + GAP), height = c->source.planes[0].height;
    struct og_error err = {0};
    VipsImage *whole = vips_image_new_from_memory(c->rgb, sizeof c->rgb, WIDTH, T, 3, VIPS_FORMAT_UCHAR), *part = NULL;
    whole->Type = VIPS_INTERPRETATION_sRGB;
    if (vips_crop(whole, &part, 0, 0, width, height, NULL) ||
        vips_jpegsave(part, path, "Q", SAVED_QUALITY, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, "optimize_coding",
                      TRUE, NULL))
        must(og_vips_error(&err, OG_IO, path, "write the picture"), &err);
    g_object_unref(part);
    g_object_unref(whole);
}

struct worst_tile worst_tile_draw(const char *path, const struct picture *picture, const char *out)
{
    struct canvas *c = calloc(1, sizeof *c);
    struct og_error err = {0};
    struct og_slide *slide;
    if (!c)
        exit(1);
    must(og_slide_open_path(path, &slide, &err), &err);
    struct og_tile_score tile = find_worst(slide, picture);
    c->decoder = og_jpeg_decoder_new(og_kernels_choose());
    c->source = picture_tile(picture, 0, tile.x, tile.y);
    memset(c->rgb, WHITE, sizeof c->rgb);
    for (int y = 0; y < c->source.planes[0].height; y++)
        memcpy(c->rgb[y], c->source.rgb + y * c->source.rgb_stride, 3 * (size_t)c->source.planes[0].width);
    draw_served(c, slide, &tile);
    struct worst_tile worst = {.x = tile.x, .y = tile.y, .psnr = tile.psnr_luma};
    worst.jpeg_quality = equal_quality(picture, og_slide_facts(slide)->description.fidelity[0].psnr_luma);
    struct og_buf *stream = tile_codec_jpeg(worst.jpeg_quality, &c->source);
    worst.jpeg_psnr = draw_stream(c, 2, (struct og_span){stream->data, stream->size});
    og_buf_unref(&stream);
    save(c, out);
    og_slide_unref(&slide);
    og_jpeg_decoder_destroy(&c->decoder);
    free(c);
    return worst;
}
