/* SPDX-License-Identifier: MIT */
/*
 * Bytes against fidelity: the whole pyramid of a picture as ours, as the published residual scheme, and as tiles of
 * JPEG, mozjpeg, JPEG 2000 and WebP. All are given the same levels of the same pixels and measured by what verify
 * measures with; all count the levels down to the first that fits into one tile.
 *
 * Ours and the published scheme are judged as stored and as served (slide_score.h). "JPEG, shared tables" is JPEG in a
 * TIFF: its tables once a level instead of in each tile, and 16 bytes of index for each.
 *
 * --pictures FOLDER draws the worst tile of the first input for each preset, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family_score.h"
#include "inputs.h"
#include "jpeg_2000.h"
#include "mozjpeg.h"
#include "must.h"
#include "presets.h"
#include "report.h"
#include "size_report.h"
#include "slide_score.h"
#include "slides.h"
#include "tile_codec.h"
#include "tool/encode.h"
#include "tool/vips.h"
#include "worst_tile.h"

enum { TIFF_ENTRY = 16, PUBLISHED_BASE = 95, PUBLISHED_L1 = 60, PUBLISHED_L0 = 40, SETTING_ROOM = 32 };

static const double aims[] = {33, 36, 40};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct bench {
    struct report report;
    struct slides slides; /* for its folder */
};

enum curve_name {
    OURS_STORED,
    OURS_SERVED,
    PUBLISHED_STORED,
    PUBLISHED_SERVED,
    JPEG,
    JPEG_SHARED,
    MOZJPEG,
    MOZJPEG_EVEN,
    JPEG_2000,
    WEBP,
    CURVES
};

static const char *const curve_names[CURVES] = {
    [OURS_STORED] = "Origami as stored",
    [OURS_SERVED] = "Origami as served",
    [PUBLISHED_STORED] = "published, as stored",
    [PUBLISHED_SERVED] = "published, as served",
    [JPEG] = "JPEG",
    [JPEG_SHARED] = "JPEG, shared tables",
    [MOZJPEG] = "mozjpeg",
    [MOZJPEG_EVEN] = "mozjpeg, flat table",
    [JPEG_2000] = "JPEG 2000",
    [WEBP] = "WebP",
};

static void add(const struct bench *b, const struct picture *picture, struct curve *curve, const char *setting,
                const struct outcome *outcome)
{
    curve_add(curve, outcome);
    size_report_outcome(&b->report, picture, curve->codec, setting, outcome);
}

static void encode(const struct bench *b, const struct picture *picture, const struct preset *preset, char path[512])
{
    struct og_encode_options options = {.wish = preset->wish};
    struct og_encode_result result;
    struct og_error err = {0};
    snprintf(path, 512, "%s/slide.tif", b->slides.folder);
    remove(path);
    must(og_encode(picture->source, path, &options, &result, &err), &err);
}

static struct both score_ours(const struct bench *b, const struct picture *picture, const struct preset *preset)
{
    char path[512];
    encode(b, picture, preset, path);
    return slide_score(path, picture);
}

static void add_ours(const struct bench *b, const struct picture *picture, struct curve curves[CURVES])
{
    for (unsigned i = b->report.quick ? SWEEP / 2 : 0; i < (b->report.quick ? SWEEP / 2 + 2 : SWEEP); i++) {
        struct preset preset = preset_of_sweep(i);
        struct both both = score_ours(b, picture, &preset);
        add(b, picture, &curves[OURS_STORED], preset.name, &both.stored);
        add(b, picture, &curves[OURS_SERVED], preset.name, &both.served);
    }
}

static struct both add_published(const struct bench *b, const struct picture *picture, struct curve curves[CURVES])
{
    static const int qualities[] = {20, PUBLISHED_L0, 60, 75, 85, 92};
    struct both as_published = {0};
    for (unsigned i = b->report.quick ? 1 : 0; i < (b->report.quick ? 2 : COUNT(qualities)); i++) {
        char setting[SETTING_ROOM];
        int l0 = qualities[i], l1 = l0 + PUBLISHED_L1 - PUBLISHED_L0;
        l1 = l1 > PUBLISHED_BASE ? PUBLISHED_BASE : l1;
        struct both both = published_score(PUBLISHED_BASE, l1, l0, picture);
        snprintf(setting, sizeof setting, "%d/%d/%d", PUBLISHED_BASE, l1, l0);
        add(b, picture, &curves[PUBLISHED_STORED], setting, &both.stored);
        add(b, picture, &curves[PUBLISHED_SERVED], setting, &both.served);
        if (l0 == PUBLISHED_L0)
            as_published = both;
    }
    return as_published;
}

static void add_tiles(const struct bench *b, const struct picture *picture, enum tile_codec codec, const int *settings,
                      unsigned count, const struct mozjpeg *made, struct curve *curve)
{
    for (unsigned i = 0; i < (b->report.quick ? 2 : count); i++) {
        char setting[SETTING_ROOM];
        struct outcome outcome = tile_codec_score(codec, settings[i], picture, made);
        snprintf(setting, sizeof setting, "%d", settings[i]);
        add(b, picture, curve, setting, &outcome);
    }
}

static void add_jpeg(const struct bench *b, const struct picture *picture, struct curve curves[CURVES])
{
    static const int qualities[] = {12, 18, 25, 32, 40, 48, 55, 60, 65, 70, 75, 79, 82, 85, 87, 89, 91, 93, 94, 96, 98};
    double tiles = (double)picture_tiles(picture);
    add_tiles(b, picture, TILE_JPEG, qualities, COUNT(qualities), NULL, &curves[JPEG]);
    for (unsigned i = 0; i < curves[JPEG].points; i++) {
        struct outcome shared = curves[JPEG].point[i];
        shared.bytes += TIFF_ENTRY * tiles - (double)tile_codec_jpeg_tables(qualities[i]) * (tiles - picture->levels);
        curve_add(&curves[JPEG_SHARED], &shared);
    }
}

static void add_mozjpeg(const struct bench *b, const struct picture *picture, enum mozjpeg_table table,
                        struct curve *curve)
{
    static const int qualities[] = {15, 30, 45, 60, 72, 82, 90, 95, 98};
    struct mozjpeg *made = mozjpeg_make(picture, table, qualities, COUNT(qualities), b->slides.folder);
    if (made)
        add_tiles(b, picture, TILE_MOZJPEG, qualities, COUNT(qualities), made, curve);
    mozjpeg_free(&made);
}

static void add_jpeg_2000(const struct bench *b, const struct picture *picture, struct curve *curve)
{
    static const int aims_of_l0[] = {27, 30, 33, 36, 39, 42, 45};
    for (unsigned i = 0; i < (b->report.quick ? 2 : COUNT(aims_of_l0)); i++) {
        char setting[SETTING_ROOM];
        struct outcome outcome = jpeg_2000_score(aims_of_l0[i], picture);
        snprintf(setting, sizeof setting, "%d", aims_of_l0[i]);
        add(b, picture, curve, setting, &outcome);
    }
}

static void add_foreign(const struct bench *b, const struct picture *picture, struct curve curves[CURVES])
{
    static const int webp[] = {5, 25, 50, 70, 82, 90, 95, 98, 100};
    add_mozjpeg(b, picture, MOZJPEG_VISUAL, &curves[MOZJPEG]);
    add_mozjpeg(b, picture, MOZJPEG_FLAT, &curves[MOZJPEG_EVEN]);
    add_jpeg_2000(b, picture, &curves[JPEG_2000]);
    add_tiles(b, picture, TILE_WEBP, webp, COUNT(webp), NULL, &curves[WEBP]);
}

/* What we make, against every other codec at the same L0 luma PSNR. */
static void compare_all(const struct bench *b, const char *input, const char *judged, const char *ours,
                        const struct outcome *our, const struct curve curves[CURVES])
{
    for (enum curve_name i = JPEG; i < CURVES; i++) {
        struct comparison c = {.input = input, .judged = judged, .ours = ours, .against = curves[i].codec, .our = *our};
        if (curve_at(&curves[i], our->level[0].luma, &c.their))
            size_report_comparison(&b->report, &c);
    }
}

static void compare_sweep(const struct bench *b, const char *input, const struct curve curves[CURVES])
{
    for (unsigned i = 0; i < COUNT(aims); i++) {
        struct outcome our;
        if (curve_at(&curves[OURS_STORED], aims[i], &our))
            compare_all(b, input, "stored", "sweep", &our, curves);
        if (curve_at(&curves[OURS_SERVED], aims[i], &our))
            compare_all(b, input, "served", "sweep", &our, curves);
    }
}

/* Not at the same luma, but where nothing is worse than in a JPEG pyramid with the luma that is aimed at. */
static void compare_no_worse(const struct bench *b, const char *input, const struct curve curves[CURVES])
{
    for (unsigned i = 0; i < COUNT(aims); i++)
        for (enum curve_name ours = OURS_STORED; ours <= OURS_SERVED; ours++) {
            struct comparison c = {.input = input,
                                   .judged = ours == OURS_STORED ? "stored" : "served",
                                   .ours = "no worse",
                                   .against = curves[JPEG].codec};
            if (curve_at(&curves[JPEG], aims[i], &c.their) && curve_no_worse(&curves[ours], &c.their, &c.our))
                size_report_comparison(&b->report, &c);
        }
}

static void compare_presets(const struct bench *b, const struct picture *picture, const struct curve curves[CURVES])
{
    for (unsigned i = 0; i < PRESETS; i++) {
        struct preset preset = preset_named(i);
        struct both both = score_ours(b, picture, &preset);
        size_report_outcome(&b->report, picture, "Origami as stored", preset.name, &both.stored);
        size_report_outcome(&b->report, picture, "Origami as served", preset.name, &both.served);
        compare_all(b, picture->name, "stored", preset.name, &both.stored, curves);
        compare_all(b, picture->name, "served", preset.name, &both.served, curves);
    }
}

static void compare_published(const struct bench *b, const char *input, const struct both *published,
                              const struct curve curves[CURVES])
{
    struct comparison stored = {.input = input, .judged = "stored", .ours = "sweep", .against = "published, defaults"};
    struct comparison served = stored;
    stored.their = published->stored;
    served.their = published->served;
    served.judged = "served";
    if (curve_at(&curves[OURS_STORED], published->stored.level[0].luma, &stored.our))
        size_report_comparison(&b->report, &stored);
    if (curve_at(&curves[OURS_SERVED], published->served.level[0].luma, &served.our))
        size_report_comparison(&b->report, &served);
}

static void measure(const struct bench *b, const struct input *input)
{
    struct picture *picture = input_open(input, b->slides.folder);
    struct curve curves[CURVES] = {0};
    for (unsigned i = 0; i < CURVES; i++)
        curves[i].codec = curve_names[i];
    if (!b->report.json)
        printf("\n%s, %u x %u: bytes; luma, chroma, RGB PSNR and SSIM of L0, L1, L2\n", picture->name,
               picture->pyramid.width, picture->pyramid.height);
    add_ours(b, picture, curves);
    struct both published = add_published(b, picture, curves);
    add_jpeg(b, picture, curves);
    add_foreign(b, picture, curves);
    if (!b->report.json)
        printf("\n%s: our bytes ÷ theirs; ours less theirs, as above\n", picture->name);
    compare_sweep(b, picture->name, curves);
    compare_no_worse(b, picture->name, curves);
    compare_presets(b, picture, curves);
    compare_published(b, picture->name, &published, curves);
    for (enum curve_name i = 0; input->is_drawn && i < CURVES; i++)
        if (i != PUBLISHED_SERVED && i != JPEG_SHARED)
            size_report_curve(&b->report, picture, &curves[i]);
    picture_free(&picture);
}

static void draw_worst(const struct bench *b, const struct input *input, const char *folder)
{
    struct picture *picture = input_open(input, b->slides.folder);
    for (unsigned i = 0; i < PRESETS; i++) {
        struct preset preset = preset_named(i);
        char path[512], slide[512];
        encode(b, picture, &preset, slide);
        snprintf(path, sizeof path, "%s/worst-tile-%s.jpg", folder, preset.name);
        struct worst_tile worst = worst_tile_draw(slide, picture, path);
        size_report_worst(&b->report, picture->name, preset.name, &worst);
    }
    picture_free(&picture);
}

int main(int argc, char **argv)
{
    struct bench b = {.report = report_open("size", argc, argv)};
    static struct input inputs[INPUTS_MAX];
    const char *folder = report_value(argc, argv, "--pictures");
    struct og_error err = {0};
    if (og_vips_start(&err) != OG_OK)
        return 1;
    slides_open(&b.slides);
    unsigned count = inputs_list(b.report.quick, inputs);
    for (unsigned i = 0; i < count; i++)
        measure(&b, &inputs[i]);
    if (folder)
        draw_worst(&b, &inputs[0], folder);
    slides_close(&b.slides);
    return 0;
}
