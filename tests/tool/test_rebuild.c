/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/fidelity.h"
#include "image/jpeg.h"
#include "image/kernels.h"
#include "slide/profile.h"
#include "support/folder.h"
#include "tool/rebuild.h"
#include "tool/tissue_slide.h"
#include "tool/vips.h"

enum { W = 1300, H = 700 };

static int setup(void **state)
{
    return rebuilt_make(state, W, H, 9, 0);
}

static void every_tile_of_every_level_has_the_size_that_deep_zoom_says(void **state)
{
    struct rebuilt *f = *state;
    const struct og_pyramid *p = &og_slide_facts(f->slide)->pyramid;
    for (uint32_t level = 0; level <= p->top; level++) {
        struct og_extent grid = og_pyramid_grid(p, p->top - level);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++) {
                struct og_buf *tile;
                struct og_error err = {0};
                int width, height;
                if (og_rebuilder_tile(f->rebuilder, f->slide, level, x, y, 90, &tile, &err) != OG_OK)
                    fail_msg("%s", err.text);
                struct og_span stream = {tile->data, tile->size};
                struct og_extent size = og_pyramid_tile(p, p->top - level, x, y);
                assert_int_equal(og_jpeg_size(stream, &width, &height, &err), OG_OK);
                assert_int_equal(width, size.width);
                assert_int_equal(height, size.height);
                og_buf_unref(&tile);
            }
    }
}

static void luma_of(const uint8_t *rgb, size_t pixels, uint8_t *luma)
{
    uint8_t *chroma = malloc(2 * pixels);
    og_kernels_scalar.rgb_to_ycc(rgb, pixels, luma, chroma, chroma + pixels);
    free(chroma);
}

static double psnr_of_tile(struct rebuilt *f, uint32_t x, uint32_t y)
{
    const struct og_pyramid *p = &og_slide_facts(f->slide)->pyramid;
    struct og_extent size = og_pyramid_tile(p, 0, x, y);
    size_t pixels = (size_t)size.width * size.height, read;
    struct og_buf *tile;
    struct og_error err;
    VipsImage *decoded;
    uint8_t *source = malloc(pixels * 3), *luma = malloc(2 * pixels);
    assert_int_equal(og_rebuilder_tile(f->rebuilder, f->slide, p->top, x, y, 90, &tile, &err), OG_OK);
    assert_int_equal(vips_jpegload_buffer(tile->data, tile->size, &decoded, NULL), 0);
    uint8_t *pixel = vips_image_write_to_memory(decoded, &read);
    assert_int_equal(read, pixels * 3);
    og_tissue_render(&f->tissue, x * 256, y * 256, size.width, size.height, source, (ptrdiff_t)size.width * 3);
    luma_of(source, pixels, luma);
    luma_of(pixel, pixels, luma + pixels);
    struct og_plane a = {luma, (int)size.width, (int)size.width, (int)size.height}, b = a;
    b.data = luma + pixels;
    double psnr = og_psnr(og_squared_error(&a, &b), pixels);
    g_object_unref(decoded);
    g_free(pixel);
    og_buf_unref(&tile);
    free(source);
    free(luma);
    return psnr;
}

static void a_served_tile_of_dense_tissue_is_near_its_source(void **state)
{
    struct rebuilt *f = *state;
    assert_true(psnr_of_tile(f, 0, 0) > 35);
    assert_true(psnr_of_tile(f, 3, 1) > 35);
    assert_true(psnr_of_tile(f, 5, 2) > 35); /* at both edges: 20 x 188 pixels */
}

static void a_place_outside_the_grid_is_not_found(void **state)
{
    struct rebuilt *f = *state;
    static const uint32_t places[][3] = {{11, 6, 0}, {11, 0, 3}, {12, 0, 0}, {0, 1, 0}};
    for (unsigned i = 0; i < 4; i++) {
        struct og_buf *tile;
        struct og_error err = {0};
        assert_int_equal(
            og_rebuilder_tile(f->rebuilder, f->slide, places[i][0], places[i][1], places[i][2], 90, &tile, &err),
            OG_NOT_FOUND);
        assert_null(tile);
    }
}

static void a_tile_whose_bytes_were_damaged_is_an_error_that_names_it(void **state)
{
    struct rebuilt *f = *state;
    char path[160];
    struct og_buf *tile;
    struct og_error err = {0};
    snprintf(path, sizeof path, "%s/s.tif", f->folder->path);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    uint8_t byte;
    assert_int_equal(pread(fd, &byte, 1, 16 + 2000), 1); /* within the first family's L2 tile */
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 16 + 2000), 1);

    assert_int_equal(og_rebuilder_tile(f->rebuilder, f->slide, 11, 0, 0, 90, &tile, &err), OG_DAMAGED);
    assert_string_equal(err.text, "level 11, tile 0, 0: L2 tile 0,0 (level 9): the checksum does not match");
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, 16 + 2000), 1);
    close(fd);
    assert_int_equal(og_rebuilder_tile(f->rebuilder, f->slide, 11, 0, 0, 90, &tile, &err), OG_OK);
    og_buf_unref(&tile);
}

int main(void)
{
    struct og_error err;
    if (og_vips_start(&err) != OG_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tile_of_every_level_has_the_size_that_deep_zoom_says),
        cmocka_unit_test(a_served_tile_of_dense_tissue_is_near_its_source),
        cmocka_unit_test(a_place_outside_the_grid_is_not_found),
        cmocka_unit_test(a_tile_whose_bytes_were_damaged_is_an_error_that_names_it),
    };
    int failed = cmocka_run_group_tests(tests, setup, rebuilt_end);
    vips_shutdown();
    return failed;
}
