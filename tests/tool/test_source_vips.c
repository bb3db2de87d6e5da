/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/folder.h"
#include "tool/source.h"
#include "tool/vips.h"

enum { W = 37, H = 23 };

static const char *path_in(const struct folder *folder, const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    return path;
}

/* A picture of one colour; the values are per band. */
static VipsImage *plain(int bands, const double *colour, VipsBandFormat format, VipsInterpretation interpretation)
{
    static const double ones[4] = {1, 1, 1, 1};
    VipsImage *black, *coloured, *cast, *out;
    vips_black(&black, W, H, "bands", bands, NULL);
    vips_linear(black, &coloured, ones, colour, bands, NULL);
    vips_cast(coloured, &cast, format, NULL);
    vips_copy(cast, &out, "interpretation", interpretation, NULL);
    g_object_unref(black);
    g_object_unref(coloured);
    g_object_unref(cast);
    return out;
}

static void save(VipsImage *image, const char *path)
{
    if (vips_image_write_to_file(image, path, NULL))
        fail_msg("%s", vips_error_buffer());
    g_object_unref(image);
}

static struct og_source *open_source(const char *path)
{
    struct og_source *source;
    struct og_error err = {0};
    if (og_source_open_file(path, &source, &err) != OG_OK)
        fail_msg("%s", err.text);
    assert_int_equal(source->facts.width, W);
    assert_int_equal(source->facts.height, H);
    return source;
}

/* The pixel at the lower right corner, after reading the whole picture. */
static void last_pixel(const char *path, uint8_t pixel[3])
{
    struct og_source *source = open_source(path);
    struct og_error err = {0};
    void *reader;
    uint8_t rgb[W * H * 3];
    assert_int_equal(og_source_reader_new(source, &reader, &err), OG_OK);
    assert_int_equal(source->kind->read(reader, (struct og_rect){0, 0, W, H}, rgb, W * 3, &err), OG_OK);
    memcpy(pixel, rgb + (W * H - 1) * 3, 3);
    og_source_reader_destroy(source, reader);
    og_source_close(&source);
}

static void assert_pixel(const char *path, int red, int green, int blue)
{
    uint8_t pixel[3];
    last_pixel(path, pixel);
    assert_in_range(pixel[0] + 2, red, red + 4);
    assert_in_range(pixel[1] + 2, green, green + 4);
    assert_in_range(pixel[2] + 2, blue, blue + 4);
}

static void every_kind_of_picture_becomes_bytes_of_srgb(void **state)
{
    static const struct {
        const char *name;
        double colour[4];
        int bands;
        VipsBandFormat format;
        VipsInterpretation interpretation;
        int expected[3];
    } cases[] = {
        {"rgb.png", {10, 100, 200}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {10, 100, 200}},
        {"grey.png", {77}, 1, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W, {77, 77, 77}},
        {"deep.png", {0x2040, 0x8010, 0xfff0}, 3, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, {32, 128, 255}},
        {"deep-grey.png", {0x4012}, 1, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_GREY16, {64, 64, 64}},
        {"alpha.png", {0, 0, 0, 127.5}, 4, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {128, 128, 128}},
        {"grey-alpha.png", {0, 0}, 2, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_B_W, {255, 255, 255}},
        {"palette.png[palette]", {200, 50, 50}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {200, 50, 50}},
        {"photo.jpg", {90, 90, 90}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {90, 90, 90}},
        {"deep-alpha.png", {0, 0, 0, 32768}, 4, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, {128, 128, 128}},
        {"deep.tif", {0x2040, 0x8010, 0xfff0}, 3, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_RGB16, {32, 128, 255}},
        {"deep-grey.tif[tile]", {0x4012}, 1, VIPS_FORMAT_USHORT, VIPS_INTERPRETATION_GREY16, {64, 64, 64}},
        {"light.tif", {0, 0.2140, 1}, 3, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_scRGB, {0, 128, 255}},
        {"lab.tif", {50, 0, 0}, 3, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_LAB, {119, 119, 119}},
        {"tiles.tif[tile]", {1, 2, 3}, 3, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB, {1, 2, 3}},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[40];
        save(plain(cases[i].bands, cases[i].colour, cases[i].format, cases[i].interpretation),
             path_in(*state, cases[i].name));
        snprintf(name, sizeof name, "%.*s", (int)strcspn(cases[i].name, "["), cases[i].name);
        assert_pixel(path_in(*state, name), cases[i].expected[0], cases[i].expected[1], cases[i].expected[2]);
    }
}

static VipsImage *given_profile(VipsImage *image, const char *profile_name)
{
    VipsBlob *profile;
    size_t size;
    vips_profile_load(profile_name, &profile, NULL);
    const void *data = vips_blob_get(profile, &size);
    vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, data, size);
    vips_area_unref(VIPS_AREA(profile));
    return image;
}

static VipsImage *with_profile(const double colour[3], const char *profile_name)
{
    return given_profile(plain(3, colour, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), profile_name);
}

static void assert_icc(const char *path, const char *expected)
{
    struct og_source *source = open_source(path);
    assert_string_equal(source->facts.icc, expected);
    og_source_close(&source);
}

static void colour_profiles_are_applied_and_told(void **state)
{
    static const double red[3] = {200, 40, 40};
    uint8_t pixel[3];
    save(plain(3, red, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), path_in(*state, "none.png"));
    assert_icc(path_in(*state, "none.png"), "none");
    save(with_profile(red, "srgb"), path_in(*state, "srgb.png"));
    assert_icc(path_in(*state, "srgb.png"), "srgb");
    assert_pixel(path_in(*state, "srgb.png"), 200, 40, 40);
    save(with_profile(red, "p3"), path_in(*state, "p3.png"));
    assert_icc(path_in(*state, "p3.png"), "converted");
    last_pixel(path_in(*state, "p3.png"), pixel);
    assert_true(pixel[0] > 205); /* the same numbers mean a redder red in Display P3 */
}

static void lab_needs_no_profile_and_heeds_none(void **state)
{
    static const double grey[3] = {50, 0, 0};
    const char *path = path_in(*state, "lab.tif");
    save(given_profile(plain(3, grey, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_LAB), "p3"), path);
    assert_icc(path, "none");
    assert_pixel(path, 119, 119, 119);
    struct og_source *source = open_source(path);
    assert_string_equal(source->facts.warning, "");
    og_source_close(&source);
}

static void a_resolution_counts_when_a_microscope_could_have_made_it(void **state)
{
    static const struct {
        double pixels_per_mm, mpp;
    } cases[] = {{4000, 0.25}, {2000, 0.5}, {2.83, 0}, {11.8, 0}};
    static const double grey[3] = {9, 9, 9};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        VipsImage *image = plain(3, grey, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), *scaled;
        vips_copy(image, &scaled, "xres", cases[i].pixels_per_mm, "yres", cases[i].pixels_per_mm, NULL);
        g_object_unref(image);
        save(scaled, path_in(*state, "resolution.tif"));
        struct og_source *source = open_source(path_in(*state, "resolution.tif"));
        assert_true(source->facts.mpp_x > cases[i].mpp - 0.001 && source->facts.mpp_x < cases[i].mpp + 0.001);
        assert_true(source->facts.mpp_y == source->facts.mpp_x);
        og_source_close(&source);
    }
}

/* Black, but for its upper left corner; 4000 pixels per mm across and 2000 down. */
static VipsImage *cornered(int orientation)
{
    static const double black[3] = {0, 0, 0};
    double red[3] = {255, 0, 0};
    VipsImage *image = plain(3, black, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), *own, *out;
    vips_copy(image, &own, "xres", 4000.0, "yres", 2000.0, NULL);
    out = vips_image_copy_memory(own);
    vips_draw_rect(out, red, 3, 0, 0, 8, 8, "fill", TRUE, NULL);
    vips_image_set_int(out, VIPS_META_ORIENTATION, orientation);
    g_object_unref(image);
    g_object_unref(own);
    return out;
}

static int red_at(const uint8_t *rgb, uint32_t width, uint32_t x, uint32_t y)
{
    return rgb[3 * (y * width + x)];
}

static void a_picture_on_its_side_is_turned_upright(void **state)
{
    /* the corner that is the first pixel */
    static const struct {
        const char *name;
        int orientation, swapped, right, lower;
    } cases[] = {{"a.jpg[Q=100]", 1, 0, 0, 0}, {"a.jpg[Q=100]", 6, 1, 1, 0}, {"a.jpg[Q=100]", 8, 1, 0, 1},
                 {"a.tif", 3, 0, 1, 1},        {"a.tif[tile]", 6, 1, 1, 0},  {"a.jpg[Q=100]", 5, 1, 0, 0}};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_source *source;
        struct og_error err = {0};
        void *reader;
        uint8_t rgb[W * H * 3];
        char name[40];
        save(cornered(cases[i].orientation), path_in(*state, cases[i].name));
        snprintf(name, sizeof name, "%.*s", (int)strcspn(cases[i].name, "["), cases[i].name);
        assert_int_equal(og_source_open_file(path_in(*state, name), &source, &err), OG_OK);
        const struct og_source_facts *f = &source->facts;
        uint32_t w = f->width, h = f->height;
        assert_int_equal(w, cases[i].swapped ? H : W);
        assert_int_equal(h, cases[i].swapped ? W : H);
        assert_true(cases[i].swapped ? f->mpp_x > 0.49 && f->mpp_y < 0.26 : f->mpp_x < 0.26 && f->mpp_y > 0.49);
        assert_int_equal(source->kind->reader_new(source->state, &reader, &err), OG_OK);
        struct og_rect all = {0, 0, (int)w, (int)h};
        assert_int_equal(source->kind->read(reader, all, rgb, (ptrdiff_t)w * 3, &err), OG_OK);
        uint32_t x = cases[i].right ? w - 1 : 0, y = cases[i].lower ? h - 1 : 0;
        assert_true(red_at(rgb, w, x, y) > 200);
        assert_true(red_at(rgb, w, w - 1 - x, y) < 50 && red_at(rgb, w, x, h - 1 - y) < 50);
        source->kind->reader_destroy(reader);
        og_source_close(&source);
    }
}

static void assert_refused(const char *path, const char *reason)
{
    struct og_source *source;
    struct og_error err = {0};
    assert_int_not_equal(og_source_open_file(path, &source, &err), OG_OK);
    assert_null(source);
    assert_non_null(strstr(err.text, path));
    assert_non_null(strstr(err.text, reason));
}

static void what_is_no_picture_is_refused_by_name_and_reason(void **state)
{
    struct folder *folder = *state;
    folder_write_text(folder, "text.svs", "this is no slide");
    folder_write(folder, "empty.png", "", 0);
    assert_refused(path_in(folder, "text.svs"), "not a known file format");
    assert_refused(path_in(folder, "empty.png"), "empty");
    assert_refused(path_in(folder, "absent.png"), "No such file");
    assert_refused(folder->path, "folder");
}

static void samples_without_a_white_are_refused(void **state)
{
    static const struct {
        const char *name;
        VipsBandFormat format;
        VipsInterpretation interpretation;
        int bands;
        const char *kind;
    } cases[] = {{"float.tif", VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_B_W, 1, "\"float\""},
                 {"double.v", VIPS_FORMAT_DOUBLE, VIPS_INTERPRETATION_sRGB, 3, "\"double\""},
                 {"uint.tif", VIPS_FORMAT_UINT, VIPS_INTERPRETATION_sRGB, 3, "\"uint\""},
                 {"short.tif", VIPS_FORMAT_SHORT, VIPS_INTERPRETATION_B_W, 1, "\"short\""}};
    static const double half[3] = {0.5, 0.5, 0.5};
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = path_in(*state, cases[i].name);
        save(plain(cases[i].bands, half, cases[i].format, cases[i].interpretation), path);
        assert_refused(path, cases[i].kind);
        assert_refused(path, "8 or 16 bits");
    }
}

static void linear_light_is_told(void **state)
{
    static const double half[3] = {0.5, 0.5, 0.5};
    const char *path = path_in(*state, "light.tif");
    save(plain(3, half, VIPS_FORMAT_FLOAT, VIPS_INTERPRETATION_scRGB), path);
    struct og_source *source = open_source(path);
    assert_non_null(strstr(source->facts.warning, "0 is black, 1 white"));
    og_source_close(&source);
}

static void a_stack_of_pages_is_refused(void **state)
{
    static const double grey[3] = {9, 9, 9};
    VipsImage *pages[3], *joined;
    for (unsigned i = 0; i < 3; i++)
        pages[i] = plain(3, grey, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB);
    vips_arrayjoin(pages, &joined, 3, "across", 1, NULL);
    for (unsigned i = 0; i < 3; i++)
        g_object_unref(pages[i]);
    vips_image_set_int(joined, "page-height", H);
    save(joined, path_in(*state, "stack.tif"));
    assert_refused(path_in(*state, "stack.tif"), "3 pages");
}

static enum og_status read_whole(const char *path, struct og_error *err)
{
    uint8_t rgb[W * H * 3];
    struct og_source *source;
    void *reader;
    enum og_status status = og_source_open_file(path, &source, err);
    if (status != OG_OK)
        return status;
    assert_int_equal(og_source_reader_new(source, &reader, err), OG_OK);
    status = source->kind->read(reader, (struct og_rect){0, 0, W, H}, rgb, W * 3, err);
    og_source_reader_destroy(source, reader);
    og_source_close(&source);
    return status;
}

/* Many times: libvips' own threads lose this failure now and then. */
static void a_truncated_picture_fails_every_time_it_is_read(void **state)
{
    static const double grey[3] = {9, 9, 9};
    struct folder *folder = *state;
    uint8_t bytes[8192];
    save(plain(3, grey, VIPS_FORMAT_UCHAR, VIPS_INTERPRETATION_sRGB), path_in(folder, "whole.png[compression=0]"));
    FILE *file = fopen(path_in(folder, "whole.png"), "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    folder_write(folder, "cut.png", bytes, size / 2);
    for (unsigned i = 0; i < 400; i++) {
        struct og_error err = {0};
        assert_int_not_equal(read_whole(path_in(folder, "cut.png"), &err), OG_OK);
        assert_non_null(strstr(err.text, "cut.png"));
    }
}

int main(void)
{
    struct og_error err;
    if (og_vips_start(&err) != OG_OK)
        return 1;
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(every_kind_of_picture_becomes_bytes_of_srgb),
        IN_FOLDER(colour_profiles_are_applied_and_told),
        IN_FOLDER(lab_needs_no_profile_and_heeds_none),
        IN_FOLDER(a_resolution_counts_when_a_microscope_could_have_made_it),
        IN_FOLDER(a_picture_on_its_side_is_turned_upright),
        IN_FOLDER(what_is_no_picture_is_refused_by_name_and_reason),
        IN_FOLDER(samples_without_a_white_are_refused),
        IN_FOLDER(linear_light_is_told),
        IN_FOLDER(a_stack_of_pages_is_refused),
        IN_FOLDER(a_truncated_picture_fails_every_time_it_is_read),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    vips_shutdown();
    return failed;
}
