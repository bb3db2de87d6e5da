/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <turbojpeg.h>
#include <webp/encode.h>

#include "image/family.h"
#include "image/kernels.h"
#include "image/webp.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/rrip.h"

enum { T = OG_TILE_SIZE };

struct bench {
    struct og_jpeg_decoder *decoder;
    uint8_t rgb[3 * T * T], grey[T * T], samples[3][T * T], back[3 * T * T];
    struct og_plane planes[3];
    struct og_error err;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    uint32_t seed = 5;
    b->decoder = og_jpeg_decoder_new(og_kernels_choose());
    for (int i = 0; i < T * T; i++) {
        b->grey[i] = (uint8_t)(100 + (i % T) / 8 + noise_byte(&seed) % 40);
        for (int c = 0; c < 3; c++)
            b->rgb[3 * i + c] = (uint8_t)((i % T) / 2 + (c == 1 ? i / T / 2 : 60) + noise_byte(&seed) % 32);
    }
    for (int c = 0; c < 3; c++)
        b->planes[c] = (struct og_plane){b->samples[c], T, T, T};
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    og_jpeg_decoder_destroy(&b->decoder);
    free(b);
    return 0;
}

static struct og_span view(const struct og_buf *buf)
{
    return (struct og_span){buf->data, buf->size};
}

static struct og_buf *colour(const struct bench *b, int sampling, int width, int height, int flags)
{
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    tjhandle handle = tjInitCompress();
    assert_int_equal(tjCompress2(handle, b->rgb, width, 3 * T, height, TJPF_RGB, &bytes, &size, sampling, 85, flags),
                     0);
    struct og_buf *buf = og_buf_copy(bytes, size);
    tjFree(bytes);
    tjDestroy(handle);
    return buf;
}

static struct og_buf *grey(const struct bench *b, enum rrip_stream stream)
{
    return rrip_code_grey(&(struct rrip_recipe){.stream = stream, .quality = 80}, b->grey);
}

static enum og_status decode(struct bench *b, const struct og_buf *stream, int components, int width, int height)
{
    return og_jpeg_decode_foreign(b->decoder, view(stream), components, b->planes, width, height, &b->err);
}

/* libjpeg's own way to the pixels. */
static void decode_rgb(struct bench *b, const struct og_buf *stream, int width, int height)
{
    tjhandle handle = tjInitDecompress();
    assert_int_equal(
        tjDecompress2(handle, stream->data, stream->size, b->back, width, 3 * T, height, TJPF_RGB, TJFLAG_ACCURATEDCT),
        0);
    tjDestroy(handle);
}

static void assert_same_colours(const struct bench *b, int width, int height)
{
    uint8_t row[3 * T];
    for (int y = 0; y < height; y++) {
        og_kernels_scalar.ycc_to_rgb(b->samples[0] + y * T, b->samples[1] + y * T, b->samples[2] + y * T, (size_t)width,
                                     row);
        assert_memory_equal(row, b->back + 3 * y * T, (size_t)(3 * width));
    }
}

static void every_chroma_sampling_gives_the_planes_of_libjpegs_own_pixels(void **state)
{
    struct bench *b = *state;
    static const int samplings[] = {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440};
    static const int sizes[][2] = {{T, T}, {69, 13}, {1, 1}, {2, 255}};
    for (int i = 0; i < 32; i++) {
        int width = sizes[i / 8][0], height = sizes[i / 8][1];
        struct og_buf *stream = colour(b, samplings[i % 4], width, height, i / 4 % 2 ? TJFLAG_PROGRESSIVE : 0);
        assert_int_equal(decode(b, stream, 3, width, height), OG_OK);
        decode_rgb(b, stream, width, height);
        assert_same_colours(b, width, height);
        og_buf_unref(&stream);
    }
}

static void a_smaller_tile_repeats_its_edge(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = colour(b, TJSAMP_420, 69, 13, 0);
    assert_int_equal(decode(b, stream, 3, 69, 13), OG_OK);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < T * T; i++) {
            int x = i % T < 69 ? i % T : 68, y = i / T < 13 ? i / T : 12;
            assert_int_equal(b->samples[c][i], b->samples[c][y * T + x]);
        }
    og_buf_unref(&stream);
}

static void a_tile_has_the_size_of_its_place_or_is_full(void **state)
{
    struct bench *b = *state;
    struct og_buf *part = colour(b, TJSAMP_420, 69, 13, 0), *full = colour(b, TJSAMP_420, T, T, 0);
    assert_int_equal(decode(b, full, 3, 69, 13), OG_OK);
    assert_int_equal(decode(b, part, 3, 70, 13), OG_DAMAGED);
    assert_int_equal(decode(b, part, 3, T, T), OG_DAMAGED);
    og_buf_unref(&part);
    og_buf_unref(&full);
}

static void grey_comes_sequential_or_progressive_and_as_libjpeg_has_it(void **state)
{
    struct bench *b = *state;
    for (enum rrip_stream kind = RRIP_JPEG; kind <= RRIP_PROGRESSIVE; kind++) {
        struct og_buf *stream = grey(b, kind);
        assert_int_equal(decode(b, stream, 1, T, T), OG_OK);
        rrip_decode_grey(stream, b->back);
        assert_memory_equal(b->samples[0], b->back, T * T);
        og_buf_unref(&stream);
    }
}

static void colour_is_no_residual_and_grey_no_base(void **state)
{
    struct bench *b = *state;
    struct og_buf *one = grey(b, RRIP_JPEG), *three = colour(b, TJSAMP_444, T, T, 0);
    assert_int_equal(decode(b, one, 3, T, T), OG_DAMAGED);
    assert_int_equal(decode(b, three, 1, T, T), OG_DAMAGED);
    og_buf_unref(&one);
    og_buf_unref(&three);
}

/* ---- streams that only libjpeg itself can be talked into ---- */

struct odd {
    J_COLOR_SPACE space;
    bool without_tables;
    int scans; /* 0: sequential */
    const jpeg_scan_info *script;
};

static struct og_buf *encode_odd(const struct bench *b, const struct odd *odd)
{
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct info = {.err = jpeg_std_error(&errors)};
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    bool is_grey = odd->space == JCS_GRAYSCALE;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_width = info.image_height = T;
    info.input_components = is_grey ? 1 : 3;
    info.in_color_space = is_grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_colorspace(&info, odd->space);
    info.scan_info = odd->script;
    info.num_scans = odd->scans;
    if (odd->without_tables)
        jpeg_suppress_tables(&info, TRUE);
    jpeg_start_compress(&info, !odd->without_tables);
    for (int y = 0; y < T; y++) {
        JSAMPROW row = (JSAMPROW)(is_grey ? b->grey + y * T : b->rgb + 3 * y * T);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    struct og_buf *buf = og_buf_copy(bytes, size);
    free(bytes);
    return buf;
}

/* Each AC coefficient by itself, `bits` of it one after the other, and DC in two; returns the number of scans. */
static int write_script(int bits, jpeg_scan_info *script)
{
    int n = 0;
    script[n++] = (jpeg_scan_info){.comps_in_scan = 1, .Al = 1};
    for (int k = 1; k < 64; k++)
        for (int bit = bits - 1; bit >= 0; bit--)
            script[n++] =
                (jpeg_scan_info){.comps_in_scan = 1, .Ss = k, .Se = k, .Ah = bit == bits - 1 ? 0 : bit + 1, .Al = bit};
    script[n++] = (jpeg_scan_info){.comps_in_scan = 1, .Ah = 1};
    return n;
}

static void too_many_scans_are_refused(void **state)
{
    struct bench *b = *state;
    static jpeg_scan_info script[600];
    struct odd odd = {.space = JCS_GRAYSCALE, .script = script};
    odd.scans = write_script(1, script);
    assert_int_equal(odd.scans, OG_JPEG_SCANS_MAX + 1);
    struct og_buf *one_too_many = encode_odd(b, &odd);
    assert_int_equal(decode(b, one_too_many, 1, T, T), OG_DAMAGED);
    assert_string_equal(b->err.text, "too many scans");
    odd.scans--;
    script[0].Al = 0;
    struct og_buf *as_many_as_allowed = encode_odd(b, &odd);
    assert_int_equal(decode(b, as_many_as_allowed, 1, T, T), OG_OK);
    odd.scans = write_script(8, script);
    struct og_buf *bomb = encode_odd(b, &odd), *out = NULL;
    assert_int_equal(decode(b, bomb, 1, T, T), OG_DAMAGED);
    assert_string_equal(b->err.text, "too many scans");
    assert_int_equal(og_jpeg_crop(view(bomb), 99, 99, &out, &b->err), OG_DAMAGED);
    assert_string_equal(b->err.text, "too many scans");
    og_buf_unref(&one_too_many);
    og_buf_unref(&as_many_as_allowed);
    og_buf_unref(&bomb);
}

static void rgb_inside_is_refused(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = encode_odd(b, &(struct odd){.space = JCS_RGB});
    assert_int_equal(decode(b, stream, 3, T, T), OG_DAMAGED);
    og_buf_unref(&stream);
}

/* Cuts every segment of this kind out of the header. */
static void cut_out(struct og_buf *stream, uint8_t marker)
{
    for (size_t i = 2; stream->data[i + 1] != 0xda;) {
        size_t length = 2 + (size_t)(stream->data[i + 2] << 8 | stream->data[i + 3]);
        if (stream->data[i + 1] == marker) {
            memmove(stream->data + i, stream->data + i + length, stream->size - i - length);
            stream->size -= length;
        } else {
            i += length;
        }
    }
}

static void tables_of_an_earlier_stream_never_stand_in_for_missing_ones(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 4; i++) {
        struct og_buf *stream = grey(b, i < 2 ? RRIP_JPEG : RRIP_PROGRESSIVE);
        assert_int_equal(decode(b, stream, 1, T, T), OG_OK);
        cut_out(stream, i % 2 ? 0xdb : 0xc4);
        assert_int_equal(decode(b, stream, 1, T, T), OG_DAMAGED);
        og_buf_unref(&stream);
    }
}

/* ---- cutting ---- */

static void a_full_tile_where_less_is_due_is_cut_without_touching_luma(void **state)
{
    struct bench *b = *state;
    static const int samplings[] = {TJSAMP_444, TJSAMP_422, TJSAMP_420, TJSAMP_440};
    static const int sizes[][2] = {{77, 200}, {1, 1}, {T, 9}, {250, 17}};
    static uint8_t whole[T * T], part[T * T];
    for (int i = 0; i < 32; i++) {
        int width = sizes[i / 8][0], height = sizes[i / 8][1], got_width, got_height;
        struct og_buf *full = colour(b, samplings[i % 4], T, T, i / 4 % 2 ? TJFLAG_PROGRESSIVE : 0), *cut;
        assert_int_equal(og_jpeg_finish((struct og_span){0}, view(full), false, width, height, &cut, &b->err),
                         OG_DAMAGED);
        assert_int_equal(og_jpeg_finish((struct og_span){0}, view(full), true, width, height, &cut, &b->err), OG_OK);
        assert_int_equal(og_jpeg_size(view(cut), &got_width, &got_height, &b->err), OG_OK);
        assert_true(got_width == width && got_height == height);
        assert_int_equal(decode(b, full, 3, T, T), OG_OK);
        memcpy(whole, b->samples[0], sizeof whole);
        assert_int_equal(decode(b, cut, 3, width, height), OG_OK);
        memcpy(part, b->samples[0], sizeof part);
        for (int y = 0; y < height; y++)
            assert_memory_equal(part + y * T, whole + y * T, (size_t)width);
        og_buf_unref(&cut);
        og_buf_unref(&full);
    }
}

/* ---- WebP ---- */

static void lossless_webp_comes_back_bit_by_bit_and_lossy_near(void **state)
{
    struct bench *b = *state;
    struct og_buf *exact = grey(b, RRIP_WEBP_LOSSLESS), *near = grey(b, RRIP_WEBP);
    assert_true(og_webp_is(view(exact)));
    assert_int_equal(og_webp_decode_grey(view(exact), &b->planes[0], &b->err), OG_OK);
    assert_memory_equal(b->samples[0], b->grey, T * T);
    assert_int_equal(og_webp_decode_grey(view(near), &b->planes[0], &b->err), OG_OK);
    long difference = 0, bias = 0;
    for (int i = 0; i < T * T; i++) {
        difference += abs(b->samples[0][i] - b->grey[i]);
        bias += b->samples[0][i] - b->grey[i];
    }
    assert_in_range(difference, 1, 8 * T * T);
    assert_true(labs(bias) < T * T / 2); /* a range that was not widened again would pull all samples to the middle */
    og_buf_unref(&exact);
    og_buf_unref(&near);
}

static void webp_of_another_size_or_with_transparency_is_refused(void **state)
{
    struct bench *b = *state;
    uint8_t *bytes, rgba[4 * 64] = {0};
    size_t size = WebPEncodeLosslessRGB(b->rgb, 128, T, 3 * T, &bytes);
    assert_int_equal(og_webp_decode_grey((struct og_span){bytes, size}, &b->planes[0], &b->err), OG_DAMAGED);
    assert_non_null(strstr(b->err.text, "128 x 256"));
    WebPFree(bytes);
    for (int i = 0; i < 64; i++)
        rgba[4 * i + 3] = (uint8_t)i;
    struct og_plane small = {b->samples[0], 8, 8, 8};
    size = WebPEncodeLosslessRGBA(rgba, 8, 8, 32, &bytes);
    assert_int_equal(og_webp_decode_grey((struct og_span){bytes, size}, &small, &b->err), OG_DAMAGED);
    assert_non_null(strstr(b->err.text, "transparency"));
    WebPFree(bytes);
}

static void every_truncation_is_refused(void **state)
{
    struct bench *b = *state;
    for (enum rrip_stream kind = RRIP_JPEG; kind <= RRIP_WEBP_LOSSLESS; kind++) {
        struct og_buf *stream = grey(b, kind);
        for (size_t size = 1; size < stream->size; size += 1 + stream->size / 97) {
            uint8_t *copy = malloc(size); /* exactly as long, for the address sanitizer */
            memcpy(copy, stream->data, size);
            struct og_span cut = {copy, size};
            assert_int_equal(og_webp_is(cut) ? og_webp_decode_grey(cut, &b->planes[0], &b->err)
                                             : og_jpeg_decode_foreign(b->decoder, cut, 1, b->planes, T, T, &b->err),
                             OG_DAMAGED);
            free(copy);
        }
        og_buf_unref(&stream);
    }
}

static void random_damage_never_does_more_than_fail(void **state)
{
    struct bench *b = *state;
    struct og_family *family = og_family_new(false);
    uint32_t seed = 31;
    for (int i = 0; i < 400; i++) {
        struct og_buf *stream = i % 5 == 4 ? colour(b, TJSAMP_420, T, T, i % 2 ? TJFLAG_PROGRESSIVE : 0)
                                           : grey(b, (enum rrip_stream)(i % 5));
        for (int n = 0; n < 4; n++)
            stream->data[noise_next(&seed) % (i / 5 % 2 ? 340 : stream->size)] = noise_byte(&seed);
        enum og_status status =
            i % 5 == 4
                ? og_family_decode_base(family, b->decoder, (struct og_span){0}, view(stream), T, T, &b->err)
                : og_family_decode_residual(family, OG_SLOT_L0, b->decoder, (struct og_span){0}, view(stream), &b->err);
        if (status != OG_OK)
            assert_true(b->err.text[0] != '\0');
        og_buf_unref(&stream);
    }
    og_family_destroy(&family);
}

static void jpeg_xl_is_unsupported_in_both_of_its_wrappings(void **state)
{
    struct bench *b = *state;
    static const uint8_t bare[] = {0xff, 0x0a, 0}, box[] = {0, 0, 0, 12, 'J', 'X', 'L', ' ', 0x0d, 0x0a, 0x87, 0x0a, 0};
    const struct og_span streams[] = {{bare, sizeof bare}, {box, sizeof box}};
    struct og_family *family = og_family_new(false);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            og_family_decode_residual(family, OG_SLOT_L1, b->decoder, (struct og_span){0}, streams[i], &b->err),
            OG_UNSUPPORTED);
        assert_non_null(strstr(b->err.text, "JPEG XL"));
    }
    og_family_destroy(&family);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_chroma_sampling_gives_the_planes_of_libjpegs_own_pixels),
        TEST(a_smaller_tile_repeats_its_edge),
        TEST(a_tile_has_the_size_of_its_place_or_is_full),
        TEST(grey_comes_sequential_or_progressive_and_as_libjpeg_has_it),
        TEST(colour_is_no_residual_and_grey_no_base),
        TEST(too_many_scans_are_refused),
        TEST(rgb_inside_is_refused),
        TEST(tables_of_an_earlier_stream_never_stand_in_for_missing_ones),
        TEST(a_full_tile_where_less_is_due_is_cut_without_touching_luma),
        TEST(lossless_webp_comes_back_bit_by_bit_and_lossy_near),
        TEST(webp_of_another_size_or_with_transparency_is_refused),
        TEST(every_truncation_is_refused),
        TEST(random_damage_never_does_more_than_fail),
        TEST(jpeg_xl_is_unsupported_in_both_of_its_wrappings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
