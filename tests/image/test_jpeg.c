/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/tile.h"
#include "image/jpeg.h"
#include "image/jpeg_coder.h"
#include "support/cmocka_all.h"
#include "support/levels.h"
#include "support/noise.h"

enum { T = OG_TILE_SIZE };

struct bench {
    struct og_jpeg_decoder *decoder;
    struct og_jpeg_encoder *encoder;
    uint8_t samples[3][T * T], decoded[3][T * T];
    struct og_plane planes[3], to[3];
    struct og_error err;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    uint32_t seed = 11;
    b->decoder = og_jpeg_decoder_new(og_kernels_choose());
    b->encoder = og_jpeg_encoder_new();
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < T * T; i++)
            b->samples[c][i] = (uint8_t)(100 + (i % T) / 4 + (i / T) / 4 + noise_byte(&seed) % 16);
        b->planes[c] = (struct og_plane){b->samples[c], T, T, T};
        b->to[c] = (struct og_plane){b->decoded[c], T, T, T};
    }
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    og_jpeg_decoder_destroy(&b->decoder);
    og_jpeg_encoder_destroy(&b->encoder);
    free(b);
    return 0;
}

static const struct og_jpeg_recipe whole = {.components = 3, .quality = 90};
static const struct og_jpeg_recipe grey = {.components = 1, .quality = 50};

static struct og_buf *encode(struct bench *b, const struct og_jpeg_recipe *recipe, int width, int height)
{
    struct og_span span;
    assert_int_equal(og_jpeg_encode(b->encoder, recipe, b->planes, width, height, &span, &b->err), OG_OK);
    return og_buf_copy(span.data, span.size);
}

/* An abbreviated stream of the bench's planes and its tables. */
static void code(struct bench *b, int components, struct og_buf **tables, struct og_buf **stream)
{
    struct og_jpeg_coding coding;
    int16_t(*levels)[OG_BLOCK] = calloc(3 * OG_TILE_BLOCKS, sizeof levels[0]);
    struct og_jpeg_coder *coder = og_jpeg_coder_new();
    struct og_span span;
    plain_coding(components, 8, &coding);
    for (int c = 0; c < components; c++)
        quantise_plainly(&b->planes[c], &coding.quantiser[c > 0], levels + c * OG_TILE_BLOCKS);
    assert_int_equal(og_jpeg_code(coder, &coding, levels, &span, &b->err), OG_OK);
    *stream = og_buf_copy(span.data, span.size);
    assert_int_equal(og_jpeg_code_tables(coder, &coding, &span, &b->err), OG_OK);
    *tables = og_buf_copy(span.data, span.size);
    og_jpeg_coder_destroy(&coder);
    free(levels);
}

static struct og_span view(const struct og_buf *buf)
{
    return (struct og_span){buf->data, buf->size};
}

static int worst_difference(const uint8_t *a, const uint8_t *b, int n)
{
    int worst = 0;
    for (int i = 0; i < n; i++)
        worst = abs(a[i] - b[i]) > worst ? abs(a[i] - b[i]) : worst;
    return worst;
}

static void abbreviated_tiles_decode_with_their_tables_and_not_without(void **state)
{
    struct bench *b = *state;
    for (int components = 1; components <= 3; components += 2) {
        struct og_buf *t, *s;
        code(b, components, &t, &s);
        struct og_jpeg_decoder *fresh = og_jpeg_decoder_new(og_kernels_choose());

        assert_int_equal(og_jpeg_decode(fresh, (struct og_span){0}, view(s), components, b->to, &b->err), OG_DAMAGED);
        assert_int_equal(og_jpeg_decode(fresh, view(t), view(s), components, b->to, &b->err), OG_OK);

        assert_true(worst_difference(b->samples[0], b->decoded[0], T * T) < 32);
        og_jpeg_decoder_destroy(&fresh);
        og_buf_unref(&t);
        og_buf_unref(&s);
    }
}

static void equal_recipes_and_planes_give_equal_bytes_whatever_came_between(void **state)
{
    struct bench *b = *state;
    struct og_buf *first = encode(b, &whole, T, T), *between = encode(b, &grey, T, T);
    struct og_buf *again = encode(b, &whole, T, T);

    assert_int_equal(first->size, again->size);
    assert_memory_equal(first->data, again->data, first->size);
    og_buf_unref(&first);
    og_buf_unref(&between);
    og_buf_unref(&again);
}

static void a_spliced_tile_is_whole_and_decodes_to_the_same_pixels(void **state)
{
    struct bench *b = *state;
    struct og_buf *t, *s;
    code(b, 3, &t, &s);
    struct og_buf *spliced = og_jpeg_splice(view(t), view(s));
    uint8_t *expected = malloc(3 * T * T);
    int width, height;
    assert_int_equal(og_jpeg_decode(b->decoder, view(t), view(s), 3, b->to, &b->err), OG_OK);
    memcpy(expected, b->decoded, 3 * T * T);

    assert_int_equal(og_jpeg_size(view(spliced), &width, &height, &b->err), OG_OK);
    assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(spliced), 3, b->to, &b->err), OG_OK);

    assert_int_equal(width, T);
    assert_int_equal(height, T);
    assert_memory_equal(b->decoded, expected, 3 * T * T);
    free(expected);
    og_buf_unref(&t);
    og_buf_unref(&s);
    og_buf_unref(&spliced);
}

static void a_crop_keeps_size_and_every_remaining_coefficient(void **state)
{
    struct bench *b = *state;
    static const int sizes[][2] = {{1, 1}, {8, 8}, {13, 201}, {256, 1}, {255, 255}, {256, 256}, {17, 64}};
    struct og_buf *stream = encode(b, &whole, T, T);
    assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(stream), 3, b->to, &b->err), OG_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int w = sizes[i][0], h = sizes[i][1], got_w, got_h;
        struct og_buf *cut;
        assert_int_equal(og_jpeg_crop(view(stream), w, h, &cut, &b->err), OG_OK);
        assert_int_equal(og_jpeg_size(view(cut), &got_w, &got_h, &b->err), OG_OK);
        assert_int_equal(got_w, w);
        assert_int_equal(got_h, h);
        if (w % 8 == 0 && h % 8 == 0) {
            uint8_t *pixels = malloc(3 * (size_t)w * h);
            struct og_plane to[3];
            for (int c = 0; c < 3; c++)
                to[c] = (struct og_plane){pixels + c * w * h, w, w, h};
            assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(cut), 3, to, &b->err), OG_OK);
            for (int c = 0; c < 3; c++)
                for (int y = 0; y < h; y++)
                    assert_memory_equal(to[c].data + y * w, b->decoded[c] + y * T, (size_t)w);
            free(pixels);
        }
        og_buf_unref(&cut);
    }
    og_buf_unref(&stream);
}

static void tables_of_an_earlier_stream_never_stand_in_for_missing_ones(void **state)
{
    struct bench *b = *state;
    struct og_buf *t, *s;
    code(b, 3, &t, &s);
    static const uint8_t no_tables[] = {0xff, 0xd8, 0xff, 0xd9};
    assert_int_equal(og_jpeg_decode(b->decoder, view(t), view(s), 3, b->to, &b->err), OG_OK);

    assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(s), 3, b->to, &b->err), OG_DAMAGED);
    assert_int_equal(
        og_jpeg_decode(b->decoder, (struct og_span){no_tables, sizeof no_tables}, view(s), 3, b->to, &b->err),
        OG_DAMAGED);
    assert_string_equal(b->err.text, "a table is missing");

    assert_int_equal(og_jpeg_decode(b->decoder, view(t), view(s), 3, b->to, &b->err), OG_OK);
    og_buf_unref(&t);
    og_buf_unref(&s);
}

static void every_truncation_is_refused(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = encode(b, &whole, T, T);
    for (size_t size = 0; size < stream->size; size += size < 700 ? 1 : 997) {
        uint8_t *copy = malloc(size ? size : 1);
        memcpy(copy, stream->data, size);
        assert_int_equal(
            og_jpeg_decode(b->decoder, (struct og_span){0}, (struct og_span){copy, size}, 3, b->to, &b->err),
            OG_DAMAGED);
        assert_true(b->err.text[0] != '\0');
        free(copy);
    }
    assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(stream), 3, b->to, &b->err), OG_OK);
    og_buf_unref(&stream);
}

static void random_damage_never_does_more_than_fail(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = encode(b, &whole, T, T), *cut = NULL;
    uint32_t seed = 4711;
    for (int i = 0; i < 300; i++) {
        struct og_buf *copy = og_buf_copy(stream->data, stream->size);
        for (int n = 0; n < 4; n++)
            copy->data[noise_next(&seed) % (i % 2 ? 640 : copy->size)] = noise_byte(&seed);
        if (og_jpeg_decode(b->decoder, (struct og_span){0}, view(copy), 3, b->to, &b->err) != OG_OK)
            assert_true(b->err.text[0] != '\0');
        if (og_jpeg_crop(view(copy), 100, 50, &cut, &b->err) == OG_OK)
            og_buf_unref(&cut);
        og_buf_unref(&copy);
    }
    og_buf_unref(&stream);
}

static void streams_of_another_kind_are_refused_before_any_pixel_work(void **state)
{
    struct bench *b = *state;
    const struct og_jpeg_recipe halved = {.components = 3, .quality = 90, .chroma_halved = true};
    const struct og_jpeg_recipe one = {.components = 1, .quality = 90};
    struct og_buf *streams[] = {encode(b, &whole, 128, T), encode(b, &halved, T, T), encode(b, &one, T, T)};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(streams[i]), 3, b->to, &b->err),
                         OG_DAMAGED);
        og_buf_unref(&streams[i]);
    }
}

static void size_demands_a_frame_header_and_both_ends(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = encode(b, &whole, 31, 200);
    int width, height;
    struct og_span cut = view(stream), empty = {stream->data, 0}, no_start = {stream->data + 1, stream->size - 1};
    cut.size--;
    static const uint8_t bare[] = {0xff, 0xd8, 0xff, 0xd9};

    assert_int_equal(og_jpeg_size(view(stream), &width, &height, &b->err), OG_OK);
    assert_int_equal(width, 31);
    assert_int_equal(height, 200);
    assert_int_equal(og_jpeg_size(cut, &width, &height, &b->err), OG_DAMAGED);
    assert_int_equal(og_jpeg_size(empty, &width, &height, &b->err), OG_DAMAGED);
    assert_int_equal(og_jpeg_size(no_start, &width, &height, &b->err), OG_DAMAGED);
    assert_int_equal(og_jpeg_size((struct og_span){bare, sizeof bare}, &width, &height, &b->err), OG_DAMAGED);
    og_buf_unref(&stream);
}

static void a_finished_tile_is_whole_and_has_the_size_that_is_due(void **state)
{
    struct bench *b = *state;
    struct og_buf *t, *full, *plain = encode(b, &whole, 90, 33), *out;
    int width, height;
    code(b, 3, &t, &full);
    struct og_buf *small = og_buf_copy(full->data, full->size);
    small->data[9] = 0; /* its frame header's width: 128 */
    small->data[10] = 128;

    assert_int_equal(og_jpeg_finish(view(t), view(full), false, T, T, &out, &b->err), OG_OK);
    assert_int_equal(og_jpeg_decode(b->decoder, (struct og_span){0}, view(out), 3, b->to, &b->err), OG_OK);
    og_buf_unref(&out);
    assert_int_equal(og_jpeg_finish(view(t), view(full), false, 77, 200, &out, &b->err), OG_OK);
    assert_int_equal(og_jpeg_size(view(out), &width, &height, &b->err), OG_OK);
    assert_true(width == 77 && height == 200);
    og_buf_unref(&out);
    assert_int_equal(og_jpeg_finish(view(t), view(small), false, 128, T, &out, &b->err), OG_DAMAGED);
    assert_null(out);
    assert_int_equal(og_jpeg_finish((struct og_span){0}, view(plain), false, 90, 33, &out, &b->err), OG_OK);
    og_buf_unref(&out);
    assert_int_equal(og_jpeg_finish((struct og_span){0}, view(plain), false, 90, 34, &out, &b->err), OG_DAMAGED);

    og_buf_unref(&t);
    og_buf_unref(&full);
    og_buf_unref(&small);
    og_buf_unref(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(abbreviated_tiles_decode_with_their_tables_and_not_without, setup, teardown),
        cmocka_unit_test_setup_teardown(equal_recipes_and_planes_give_equal_bytes_whatever_came_between, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_spliced_tile_is_whole_and_decodes_to_the_same_pixels, setup, teardown),
        cmocka_unit_test_setup_teardown(a_crop_keeps_size_and_every_remaining_coefficient, setup, teardown),
        cmocka_unit_test_setup_teardown(tables_of_an_earlier_stream_never_stand_in_for_missing_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(every_truncation_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(random_damage_never_does_more_than_fail, setup, teardown),
        cmocka_unit_test_setup_teardown(streams_of_another_kind_are_refused_before_any_pixel_work, setup, teardown),
        cmocka_unit_test_setup_teardown(size_demands_a_frame_header_and_both_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(a_finished_tile_is_whole_and_has_the_size_that_is_due, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
