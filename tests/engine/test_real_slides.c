/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "tool/encode.h"
#include "tool/source.h"

/* The same on what scanners made: the folder in OG_REAL_SLIDES; without it there is nothing to do. */

enum { TILE = 256, SLIDES = 2, SKIPPED = 77 };

enum which { CMU, NUCLEI };

struct slide {
    const char *file, *id;
    uint32_t width, height;
    uint8_t *luma; /* of the source */
    struct og_encode_result result;
};

struct real {
    struct folder *folder;
    struct served served;
    struct slide slide[SLIDES];
};

static void must(enum og_status status, const struct og_error *err)
{
    if (status != OG_OK)
        fail_msg("%s", err->text);
}

static void read_luma(struct og_source *source, struct slide *s)
{
    struct og_error err = {0};
    void *reader;
    size_t pixels = (size_t)s->width * s->height;
    uint8_t *rgb = malloc(pixels * 3), *cb = malloc(pixels), *cr = malloc(pixels);
    s->luma = malloc(pixels);
    must(og_source_reader_new(source, &reader, &err), &err);
    must(source->kind->read(reader, (struct og_rect){0, 0, (int)s->width, (int)s->height}, rgb, 3 * (ptrdiff_t)s->width,
                            &err),
         &err);
    og_source_reader_destroy(source, reader);
    og_kernels_scalar.rgb_to_ycc(rgb, pixels, s->luma, cb, cr);
    free(rgb);
    free(cb);
    free(cr);
}

static void encode(const struct real *real, struct slide *s)
{
    struct og_error err = {0};
    struct og_source *source;
    struct og_encode_options options = {.wish = {.l0_step = 10, .trellis = true}};
    char from[4096], to[256];
    snprintf(from, sizeof from, "%s/%s", getenv("OG_REAL_SLIDES"), s->file);
    snprintf(to, sizeof to, "%s/%s.tif", real->folder->path, s->id);
    must(og_source_open_file(from, &source, &err), &err);
    assert_int_equal(source->facts.width, s->width);
    assert_int_equal(source->facts.height, s->height);
    read_luma(source, s);
    must(og_encode(source, to, &options, &s->result, &err), &err);
    og_source_close(&source);
}

static int setup(void **state)
{
    struct real *real = calloc(1, sizeof *real);
    real->slide[CMU] = (struct slide){.file = "cmu-1-small-region.svs", .id = "cmu", .width = 2220, .height = 2967};
    real->slide[NUCLEI] = (struct slide){.file = "nuclei-956x779.png", .id = "nuclei", .width = 956, .height = 779};
    real->folder = folder_make();
    for (int i = 0; i < SLIDES; i++)
        encode(real, &real->slide[i]);
    served_open(&real->served, real->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});
    *state = real;
    return 0;
}

static int teardown(void **state)
{
    struct real *real = *state;
    served_close(&real->served);
    folder_remove(&real->folder);
    for (int i = 0; i < SLIDES; i++)
        free(real->slide[i].luma);
    free(real);
    return 0;
}

/* Grey pixels of a tile that must be there and be `width` x `height`. */
static uint8_t *serve(struct real *real, const struct slide *s, uint32_t level, uint32_t x, uint32_t y, uint32_t width,
                      uint32_t height)
{
    struct og_buf *buf;
    uint8_t *pixels;
    int w, h;
    enum og_status status = served_ask(&real->served, real->served.block, s->id, level, x, y, &buf);
    if (status != OG_OK)
        fail_msg("%s level %u tile %u,%u: %s", s->id, level, x, y, og_status_text(status));
    if (!jpeg_pixels(buf, 1, &pixels, &w, &h))
        fail_msg("%s level %u tile %u,%u is not a JPEG", s->id, level, x, y);
    og_buf_unref(&buf);
    if ((uint32_t)w != width || (uint32_t)h != height)
        fail_msg("%s level %u tile %u,%u is %d x %d where %u x %u is due", s->id, level, x, y, w, h, width, height);
    return pixels;
}

static uint32_t top_level(const struct slide *s)
{
    uint32_t top = 0;
    while (UINT32_C(1) << top < s->width || UINT32_C(1) << top < s->height)
        top++;
    return top;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void every_tile_of_every_level_is_served_in_deep_zooms_size(void **state)
{
    struct real *real = *state;
    for (const struct slide *s = real->slide; s < real->slide + SLIDES; s++)
        for (uint32_t level = 0, top = top_level(s); level <= top; level++) {
            uint32_t scale = UINT32_C(1) << (top - level);
            uint32_t width = (s->width + scale - 1) / scale, height = (s->height + scale - 1) / scale;
            for (uint32_t y = 0; y < height; y += TILE)
                for (uint32_t x = 0; x < width; x += TILE)
                    free(
                        serve(real, s, level, x / TILE, y / TILE, smaller(TILE, width - x), smaller(TILE, height - y)));
        }
}

static void dense_nuclei_keep_36_decibels_of_luma(void **state)
{
    struct real *real = *state;
    assert_true(real->slide[NUCLEI].result.description.fidelity[0].psnr_luma >= 36);
}

static double served_psnr(struct real *real, const struct slide *s)
{
    double squares = 0;
    for (uint32_t y = 0; y < s->height; y += TILE)
        for (uint32_t x = 0; x < s->width; x += TILE) {
            uint32_t width = smaller(TILE, s->width - x), height = smaller(TILE, s->height - y);
            uint8_t *tile = serve(real, s, top_level(s), x / TILE, y / TILE, width, height);
            for (uint32_t row = 0; row < height; row++)
                for (uint32_t column = 0; column < width; column++) {
                    int e = tile[row * width + column] - s->luma[(size_t)(y + row) * s->width + x + column];
                    squares += e * e;
                }
            free(tile);
        }
    return 10 * log10(255.0 * 255.0 * s->width * s->height / squares);
}

/* What the last JPEG costs: the description measures what is rebuilt, before it is sent. */
static void served_tiles_are_as_near_to_the_source_as_the_description_says(void **state)
{
    struct real *real = *state;
    for (const struct slide *s = real->slide; s < real->slide + SLIDES; s++) {
        double claimed = s->result.description.fidelity[0].psnr_luma, served = served_psnr(real, s);
        if (!(fabs(served - claimed) <= 1.5))
            fail_msg("%s: the description says %.2f dB, served are %.2f", s->id, claimed, served);
    }
}

static void the_scanners_facts_arrive_in_the_slides_facts(void **state)
{
    struct real *real = *state;
    struct og_tile_name name;
    assert_int_equal(og_engine_name(real->served.engine, "cmu", 3, 0, 0, 0, &name, real->served.block), OG_OK);
    struct og_description d = og_slide_facts(name.slide)->description;
    og_tile_name_release(&name);
    assert_true(fabs(d.mpp_x - 0.499) < 1e-6);
    assert_true(fabs(d.mpp_y - 0.499) < 1e-6);
    assert_true(fabs(d.magnification - 20) < 1e-6);
    assert_string_equal(d.vendor, "aperio");
}

static void the_scanners_facts_arrive_in_the_json(void **state)
{
    struct real *real = *state;
    struct og_edition edition;
    struct og_buf *buf = og_engine_slide_json(real->served.engine, "cmu", 3, &edition, real->served.block);
    assert_non_null(buf);
    json_t *json = json_loadb((const char *)buf->data, buf->size, 0, NULL);
    og_buf_unref(&buf);
    assert_non_null(json);
    double mpp_x = json_number_value(json_object_get(json, "mpp_x"));
    double mpp_y = json_number_value(json_object_get(json, "mpp_y"));
    double magnification = json_number_value(json_object_get(json, "magnification"));
    const char *vendor = json_string_value(json_object_get(json, "vendor"));
    bool is_aperio = vendor && strcmp(vendor, "aperio") == 0;
    json_decref(json);
    assert_true(fabs(mpp_x - 0.499) < 1e-6);
    assert_true(fabs(mpp_y - 0.499) < 1e-6);
    assert_true(fabs(magnification - 20) < 1e-6);
    assert_true(is_aperio);
}

int main(void)
{
    if (!getenv("OG_REAL_SLIDES")) {
        puts("skipped: OG_REAL_SLIDES names no folder with cmu-1-small-region.svs and nuclei-956x779.png");
        return SKIPPED;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tile_of_every_level_is_served_in_deep_zooms_size),
        cmocka_unit_test(dense_nuclei_keep_36_decibels_of_luma),
        cmocka_unit_test(served_tiles_are_as_near_to_the_source_as_the_description_says),
        cmocka_unit_test(the_scanners_facts_arrive_in_the_slides_facts),
        cmocka_unit_test(the_scanners_facts_arrive_in_the_json),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
