/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/folder.h"
#include "tool/encode.h"
#include "tool/tissue.h"
#include "tool/vips.h"

enum { W = 5003, H = 2501, LEVELS = 4 }; /* L2 to L5 */

struct fixture {
    struct folder *folder;
    char path[160];
};

static int setup(void **state)
{
    struct fixture *f = *state = calloc(1, sizeof *f);
    struct og_encode_options options = {.wish = {.base_quality = 80, .l1_step = 40, .l0_step = 40, .trellis = true},
                                        .threads = 2};
    struct og_encode_result result;
    struct og_tissue tissue;
    struct og_source *source;
    struct og_error err;
    f->folder = folder_make();
    snprintf(f->path, sizeof f->path, "%s/f.tif", f->folder->path);
    og_tissue_make(W, H, 2, 30, &tissue);
    enum og_status status = og_source_open_tissue(&tissue, &source, &err);
    if (status == OG_OK)
        status = og_encode(source, f->path, &options, &result, &err);
    og_source_close(&source);
    return status != OG_OK;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static int shrunk(int side, int depth)
{
    return (side + (1 << depth) - 1) >> depth;
}

static void openslide_sees_the_pyramid_from_quarter_size_down(void **state)
{
    struct fixture *f = *state;
    VipsImage *slide;
    const char *text;
    assert_int_equal(vips_openslideload(f->path, &slide, NULL), 0);
    assert_int_equal(slide->Xsize, shrunk(W, 2));
    assert_int_equal(slide->Ysize, shrunk(H, 2));
    assert_int_equal(vips_image_get_string(slide, "openslide.level-count", &text), 0);
    assert_string_equal(text, "4");
    assert_int_equal(vips_image_get_string(slide, "tiff.ResolutionUnit", &text), 0);
    assert_string_equal(text, "centimeter");
    assert_int_equal(vips_image_get_string(slide, "tiff.XResolution", &text), 0);
    assert_string_equal(text, "10000"); /* 1 µm per pixel */
    g_object_unref(slide);

    for (int level = 0; level < LEVELS; level++) {
        assert_int_equal(vips_openslideload(f->path, &slide, "level", level, NULL), 0);
        assert_int_equal(slide->Xsize, shrunk(W, 2 + level));
        assert_int_equal(slide->Ysize, shrunk(H, 2 + level));
        g_object_unref(slide);
    }
}

static void libvips_sees_every_page(void **state)
{
    static const int depths[LEVELS + 2] = {2, 3, 4, 5, 1, 0};
    struct fixture *f = *state;
    for (int page = 0; page < LEVELS + 2; page++) {
        VipsImage *image;
        double mean;
        assert_int_equal(vips_tiffload(f->path, &image, "page", page, NULL), 0);
        assert_int_equal(image->Xsize, shrunk(W, depths[page]));
        assert_int_equal(image->Ysize, shrunk(H, depths[page]));
        assert_int_equal(image->Bands, page < LEVELS ? 3 : 1);
        assert_true(fabs(image->Xres - 4000.0 / (1 << depths[page])) < 0.1);
        if (page < LEVELS) {
            assert_int_equal(vips_avg(image, &mean, NULL), 0);
            assert_true(mean > 100 && mean < 250);
        }
        g_object_unref(image);
    }
}

static void openslide_decodes_what_was_drawn(void **state)
{
    struct fixture *f = *state;
    VipsImage *slide;
    struct og_tissue tissue;
    uint8_t rgb[4 * 4 * 3];
    double *pixel;
    int n, difference = 0;
    og_tissue_make(W, H, 2, 30, &tissue);
    assert_int_equal(vips_openslideload(f->path, &slide, NULL), 0);
    for (int i = 0; i < 20; i++) {
        int x = 37 + i * 53, y = 29 + i * 28, sum = 0;
        og_tissue_render(&tissue, (uint32_t)(4 * x), (uint32_t)(4 * y), 4, 4, rgb, 12);
        for (int k = 0; k < 16; k++)
            sum += rgb[3 * k + 1];
        assert_int_equal(vips_getpoint(slide, &pixel, &n, x, y, NULL), 0);
        difference += abs((int)pixel[1] - sum / 16);
        g_free(pixel);
    }
    assert_true(difference / 20 < 12);
    g_object_unref(slide);
}

int main(void)
{
    struct og_error err;
    if (og_vips_start(&err) != OG_OK)
        return 1;
    if (vips_type_find("VipsOperation", "openslideload") == 0)
        return 77;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openslide_sees_the_pyramid_from_quarter_size_down),
        cmocka_unit_test(libvips_sees_every_page),
        cmocka_unit_test(openslide_decodes_what_was_drawn),
    };
    int failed = cmocka_run_group_tests(tests, setup, teardown);
    vips_shutdown();
    return failed;
}
