/* SPDX-License-Identifier: MIT */
#include "jpeg_2000.h"

#include <stdlib.h>

#include "must.h"
#include "tool/parallel.h"
#include "tool/vips.h"

enum { LESS = 2 };

struct score {
    int setting;
    const struct picture *picture;
    uint64_t bytes;
    struct og_tally level[OUTCOME_DEPTHS];
};

struct scored {
    uint64_t bytes;
    struct og_tally tally;
};

/* All tiles of a level, against the stream's pixels. */
static void tally_level(const struct picture *picture, unsigned depth, const uint8_t *rgb, struct og_tally *tally)
{
    const struct og_plane *level = picture->planes[depth];
    size_t pixels = (size_t)level[0].width * (size_t)level[0].height;
    uint8_t *samples = malloc(3 * pixels);
    if (!samples)
        exit(1);
    og_kernels_choose()->rgb_to_ycc(rgb, pixels, samples, samples + pixels, samples + 2 * pixels);
    uint64_t tiles = og_pyramid_tiles(&picture->pyramid, depth);
    for (uint64_t i = 0; i < tiles; i++) {
        uint32_t across = og_pyramid_grid(&picture->pyramid, depth).width;
        uint32_t x = (uint32_t)(i % across), y = (uint32_t)(i / across);
        struct og_tally_source source = picture_tile(picture, depth, x, y);
        struct og_rect area = {(int)x * OG_TILE_SIZE, (int)y * OG_TILE_SIZE, source.planes[0].width,
                               source.planes[0].height};
        struct og_plane seen[3];
        for (unsigned c = 0; c < 3; c++)
            seen[c] = og_plane_part(
                (struct og_plane){samples + c * pixels, level[0].width, level[0].width, level[0].height}, area);
        og_tally_tile(tally, og_kernels_choose(), x, y, &source, seen, false);
    }
    free(samples);
}

static enum og_status score_level(const struct score *score, unsigned depth, struct scored *out, struct og_error *err)
{
    const struct picture *picture = score->picture;
    int width = picture->planes[depth][0].width, height = picture->planes[depth][0].height;
    int aim = score->setting - LESS * (int)(depth < OUTCOME_DEPTHS ? depth : OUTCOME_DEPTHS - 1);
    size_t pixels = (size_t)width * (size_t)height * 3, size = 0;
    VipsImage *image = vips_image_new_from_memory(picture->rgb[depth], pixels, width, height, 3, VIPS_FORMAT_UCHAR);
    VipsImage *seen = NULL;
    void *stream = NULL, *rgb = NULL;
    image->Type = VIPS_INTERPRETATION_sRGB;
    if (vips_jp2ksave_buffer(image, &stream, &size, "Q", aim, "tile_width", width, "tile_height", height,
                             "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL) == 0 &&
        vips_jp2kload_buffer(stream, size, &seen, NULL) == 0)
        rgb = vips_image_write_to_memory(seen, &pixels);
    if (rgb && depth < OUTCOME_DEPTHS)
        tally_level(picture, depth, rgb, &out->tally);
    out->bytes = size;
    g_free(rgb);
    if (seen)
        g_object_unref(seen);
    g_free(stream);
    g_object_unref(image);
    return rgb ? OG_OK : og_vips_error(err, OG_IO, "a level", "encode and decode it");
}

struct worker {
    const struct score *score;
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    (void)err;
    *(struct worker *)worker = (struct worker){context};
    return OG_OK;
}

static void leave(void *worker)
{
    (void)worker;
    vips_thread_shutdown();
}

static enum og_status make(void *worker, uint64_t depth, void *item, struct og_error *err)
{
    const struct worker *w = worker;
    return score_level(w->score, (unsigned)depth, item, err);
}

static enum og_status take(void *context, uint64_t depth, void *item, struct og_error *err)
{
    struct score *score = context;
    const struct scored *scored = item;
    (void)err;
    score->bytes += scored->bytes;
    if (depth < OUTCOME_DEPTHS)
        score->level[depth] = scored->tally;
    return OG_OK;
}

struct outcome jpeg_2000_score(int setting, const struct picture *picture)
{
    struct score score = {.setting = setting, .picture = picture};
    struct og_parallel_work work = {.pieces = picture->levels,
                                    .worker_bytes = sizeof(struct worker),
                                    .item_bytes = sizeof(struct scored),
                                    .context = &score,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take};
    struct og_error err = {0};
    must(og_parallel_run(&work, "levels", 0, &err), &err);
    return outcome_of(score.bytes, score.level);
}
