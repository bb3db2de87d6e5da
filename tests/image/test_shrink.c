/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/tile.h"
#include "image/shrink.h"
#include "support/cmocka_all.h"

enum { T = OG_TILE_SIZE };

static void every_level_below_has_deep_zooms_size_and_the_mean_colour(void **state)
{
    (void)state;
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_jpeg_decoder *decoder = og_jpeg_decoder_new(og_kernels_choose());
    uint8_t *samples = malloc(3 * T * T);
    struct og_plane planes[3];
    struct og_error err;
    for (int c = 0; c < 3; c++) {
        planes[c] = (struct og_plane){samples + c * T * T, T, T, T};
        for (int i = 0; i < T * T; i++)
            planes[c].data[i] = (uint8_t)(60 + 50 * c);
    }
    struct og_jpeg_recipe recipe = {.components = 3, .quality = 95};
    struct og_span span, out;
    assert_int_equal(og_jpeg_encode(encoder, &recipe, planes, T, T, &span, &err), OG_OK);
    struct og_buf *tile = og_buf_copy(span.data, span.size);

    int width = 201, height = 77;
    for (unsigned times = 1; times <= 8; times++) {
        int got_width, got_height;
        struct og_span stored = {tile->data, tile->size};
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        assert_int_equal(og_shrink(og_kernels_choose(), decoder, encoder, (struct og_span){0}, stored, 201, 77, times,
                                   90, &out, &err),
                         OG_OK);
        assert_int_equal(og_jpeg_size(out, &got_width, &got_height, &err), OG_OK);
        assert_int_equal(got_width, width);
        assert_int_equal(got_height, height);
    }
    og_buf_unref(&tile);
    free(samples);
    og_jpeg_encoder_destroy(&encoder);
    og_jpeg_decoder_destroy(&decoder);
}

static void a_damaged_tile_is_an_error(void **state)
{
    (void)state;
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_jpeg_decoder *decoder = og_jpeg_decoder_new(og_kernels_choose());
    struct og_error err;
    struct og_span out;
    static const uint8_t nonsense[] = "not a JPEG";

    assert_int_equal(og_shrink(og_kernels_choose(), decoder, encoder, (struct og_span){0},
                               (struct og_span){nonsense, sizeof nonsense}, 10, 10, 1, 90, &out, &err),
                     OG_DAMAGED);

    og_jpeg_encoder_destroy(&encoder);
    og_jpeg_decoder_destroy(&decoder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_below_has_deep_zooms_size_and_the_mean_colour),
        cmocka_unit_test(a_damaged_tile_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
