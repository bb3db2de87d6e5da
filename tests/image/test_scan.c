/* SPDX-License-Identifier: MIT */
/* og_jpeg_decode against libjpeg, which reads the same streams in og_jpeg_decode_foreign. */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include "image/jpeg.h"
#include "image/jpeg_coder.h"
#include "support/cmocka_all.h"
#include "support/levels.h"
#include "support/noise.h"

enum { T = OG_TILE_SIZE, ALL = 3 * OG_TILE_BLOCKS };

struct bench {
    struct og_jpeg_decoder *decoder, *libjpeg;
    struct og_jpeg_coder *coder;
    struct og_jpeg_encoder *encoder;
    uint8_t samples[3][T * T], got[3][T * T], expected[3][T * T];
    struct og_plane planes[3], to[3], other[3];
    int16_t levels[ALL][OG_BLOCK];
    struct og_error err;
};

static int setup(void **state)
{
    struct bench *b = *state = calloc(1, sizeof *b);
    b->decoder = og_jpeg_decoder_new(og_kernels_choose());
    b->libjpeg = og_jpeg_decoder_new(og_kernels_choose());
    b->coder = og_jpeg_coder_new();
    b->encoder = og_jpeg_encoder_new();
    for (int c = 0; c < 3; c++) {
        b->planes[c] = (struct og_plane){b->samples[c], T, T, T};
        b->to[c] = (struct og_plane){b->got[c], T, T, T};
        b->other[c] = (struct og_plane){b->expected[c], T, T, T};
    }
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    og_jpeg_decoder_destroy(&b->decoder);
    og_jpeg_decoder_destroy(&b->libjpeg);
    og_jpeg_coder_destroy(&b->coder);
    og_jpeg_encoder_destroy(&b->encoder);
    free(b);
    return 0;
}

static struct og_span view(const struct og_buf *buf)
{
    return (struct og_span){buf->data, buf->size};
}

static enum og_status decode(struct bench *b, struct og_span stream, int components)
{
    return og_jpeg_decode(b->decoder, (struct og_span){0}, stream, components, b->to, &b->err);
}

static void assert_as_libjpeg(struct bench *b, struct og_span stream, int components)
{
    assert_int_equal(decode(b, stream, components), OG_OK);
    assert_int_equal(og_jpeg_decode_foreign(b->libjpeg, stream, components, b->other, T, T, &b->err), OG_OK);
    for (int c = 0; c < components; c++)
        assert_memory_equal(b->got[c], b->expected[c], T * T);
}

static void assert_refused(struct bench *b, struct og_span stream, int components, const char *reason)
{
    assert_int_equal(decode(b, stream, components), OG_DAMAGED);
    assert_string_equal(b->err.text, reason);
}

/* The levels with a coding as a whole stream. */
static struct og_buf *code(struct bench *b, const struct og_jpeg_coding *coding)
{
    struct og_span span;
    assert_int_equal(og_jpeg_code_tables(b->coder, coding, &span, &b->err), OG_OK);
    struct og_buf *tables = og_buf_copy(span.data, span.size);
    assert_int_equal(og_jpeg_code(b->coder, coding, b->levels, &span, &b->err), OG_OK);
    struct og_buf *whole = og_jpeg_splice(view(tables), span);
    og_buf_unref(&tables);
    return whole;
}

static void draw_picture(struct bench *b, int noise, uint32_t seed)
{
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < T * T; i++)
            b->samples[c][i] = (uint8_t)(60 + i % T / 4 + i / T / 4 + noise_byte(&seed) % (unsigned)noise);
}

static void every_quality_decodes_to_libjpegs_samples(void **state)
{
    struct bench *b = *state;
    for (int quality = 1; quality <= 100; quality += quality < 90 ? 11 : 3)
        for (int components = 1; components <= 3; components += 2) {
            struct og_jpeg_recipe recipe = {.components = components, .quality = quality};
            struct og_span stream;
            draw_picture(b, 1 + quality % 7 * 20, 1 + (uint32_t)quality);
            assert_int_equal(og_jpeg_encode(b->encoder, &recipe, b->planes, T, T, &stream, &b->err), OG_OK);
            assert_as_libjpeg(b, stream, components);
        }
}

/* Levels of many sizes after all runs. */
static void draw_levels(struct bench *b, unsigned density, uint32_t seed)
{
    for (int i = 0; i < ALL; i++)
        for (int k = 0; k < OG_BLOCK; k++) {
            unsigned size = noise_next(&seed) >> 9 & 7, noise = noise_next(&seed) >> 8;
            bool there = noise_next(&seed) % 64 < (k ? density : 64);
            int level = (int)(noise & ((1u << size) - 1));
            b->levels[i][k] = (int16_t)(there ? noise >> 20 & 1 ? level : -level : 0);
        }
}

static void levels_of_all_sizes_and_runs_decode_to_libjpegs_samples(void **state)
{
    struct bench *b = *state;
    static const unsigned densities[] = {0, 1, 2, 5, 20, 63, 64};
    static const uint8_t steps[] = {1, 2, 3}; /* more would be what no samples give: libjpeg's variants differ there */
    for (unsigned i = 0; i < 3 * sizeof densities / sizeof densities[0]; i++)
        for (int components = 1; components <= 3; components += 2) {
            struct og_jpeg_coding coding;
            draw_levels(b, densities[i / 3], 77 + i);
            plain_coding(components, steps[i % 3], &coding);
            for (int h = 0; h < 2 && i % 2; h++) { /* words by how often they are needed, else all alike */
                struct og_symbol_counts counts = {0};
                og_symbols_count(b->levels, OG_TILE_BLOCKS, &counts);
                og_huffman_make(&counts, &coding.huffman[h]);
            }
            struct og_buf *stream = code(b, &coding);
            assert_as_libjpeg(b, view(stream), components);
            og_buf_unref(&stream);
        }
}

static void levels_as_large_as_they_may_be_decode_to_libjpegs_samples(void **state)
{
    struct bench *b = *state;
    struct og_jpeg_coding coding;
    for (int i = 0; i < ALL; i++)
        for (int k = 0; k < OG_BLOCK; k++)
            b->levels[i][k] = (int16_t)((i + k) % 5 ? 0 : (i + k) % 2 ? 1023 : -1023);
    plain_coding(3, 1, &coding);
    struct og_buf *stream = code(b, &coding);
    assert_as_libjpeg(b, view(stream), 3);
    og_buf_unref(&stream);
}

static struct og_buf *whole_tile(struct bench *b, int components, int quality)
{
    struct og_jpeg_recipe recipe = {.components = components, .quality = quality};
    struct og_span stream;
    draw_picture(b, 40, 9);
    assert_int_equal(og_jpeg_encode(b->encoder, &recipe, b->planes, T, T, &stream, &b->err), OG_OK);
    return og_buf_copy(stream.data, stream.size);
}

static void what_libjpeg_refuses_is_refused(void **state)
{
    struct bench *b = *state;
    uint32_t seed = 4711;
    int accepted = 0;
    struct og_buf *stream = whole_tile(b, 3, 75);
    for (int i = 0; i < 3000; i++) {
        struct og_buf *copy = og_buf_copy(stream->data, stream->size);
        for (int n = 0; n < 1 + i % 3; n++)
            copy->data[noise_next(&seed) % (i % 2 ? 640 : copy->size)] = noise_byte(&seed);
        if (decode(b, view(copy), 3) == OG_OK) {
            accepted++;
            assert_int_equal(og_jpeg_decode_foreign(b->libjpeg, view(copy), 3, b->other, T, T, &b->err), OG_OK);
        } else {
            assert_true(b->err.text[0] != '\0');
        }
        og_buf_unref(&copy);
    }
    assert_true(accepted > 0);
    og_buf_unref(&stream);
}

static void every_byte_cut_off_or_put_on_is_missed(void **state)
{
    struct bench *b = *state;
    struct og_buf *stream = whole_tile(b, 1, 60);
    for (size_t size = stream->size - 600; size < stream->size; size++) {
        uint8_t *copy = malloc(size);
        memcpy(copy, stream->data, size);
        assert_refused(b, (struct og_span){copy, size}, 1, "the stream ends too early");
        free(copy);
    }
    struct og_buf *longer = og_buf_new(stream->size + 1);
    memcpy(longer->data, stream->data, stream->size - 2);
    memcpy(longer->data + stream->size - 2, (const uint8_t[]){0, 0xff, 0xd9}, 3);
    assert_refused(b, view(longer), 1, "more than a tile in the stream");
    og_buf_unref(&longer);
    og_buf_unref(&stream);
}

/* What follows the first marker of a kind, length included. */
static uint8_t *behind_marker(struct og_buf *buf, uint8_t marker)
{
    for (size_t i = 2; i + 4 < buf->size; i += 2 + (size_t)(buf->data[i + 2] << 8 | buf->data[i + 3]))
        if (buf->data[i + 1] == marker)
            return buf->data + i + 2;
    fail();
    return NULL;
}

/* A whole grey stream of one block's bits, over and over; its AC table holds these words of four bits. */
static struct og_buf *grey_with_ac(struct bench *b, const uint8_t symbols[4], uint8_t entropy_byte)
{
    struct og_jpeg_coding coding;
    plain_coding(1, 8, &coding);
    memset(&coding.huffman[0].ac, 0, sizeof coding.huffman[0].ac);
    coding.huffman[0].ac.bits[4] = 4;
    memcpy(coding.huffman[0].ac.symbols, symbols, 4);
    memset(&coding.huffman[0].dc, 0, sizeof coding.huffman[0].dc);
    coding.huffman[0].dc.bits[4] = 1;
    memset(b->levels, 0, sizeof b->levels);
    struct og_buf *stream = code(b, &coding);
    const uint8_t *scan = behind_marker(stream, 0xda);
    size_t begin = (size_t)(scan - stream->data) + 8;
    memset(stream->data + begin, entropy_byte, stream->size - 2 - begin);
    return stream;
}

static void a_block_of_too_many_coefficients_is_refused(void **state)
{
    struct bench *b = *state;
    struct og_buf *empty = grey_with_ac(b, (const uint8_t[]){0x00, 0xf0, 0x11, 0x21}, 0x00);
    assert_as_libjpeg(b, view(empty), 1); /* DC 0, end, DC 0, end ... */
    struct og_buf *zeros = grey_with_ac(b, (const uint8_t[]){0xf0, 0x00, 0x11, 0x21}, 0x00);
    assert_refused(b, view(zeros), 1, "no Huffman code"); /* DC 0, sixteen zeros, sixteen zeros ... */
    struct og_buf *none = grey_with_ac(b, (const uint8_t[]){0x00, 0xf0, 0x11, 0x21}, 0x0e);
    assert_refused(b, view(none), 1, "no Huffman code"); /* 1110 is no word */
    og_buf_unref(&empty);
    og_buf_unref(&zeros);
    og_buf_unref(&none);
}

static void a_table_that_is_no_code_is_refused(void **state)
{
    struct bench *b = *state;
    struct og_buf *full = whole_tile(b, 1, 75), *large = whole_tile(b, 1, 75);
    uint8_t *bits = behind_marker(full, 0xc4) + 3;
    bits[0] = 2; /* both words of one bit, and more behind them */
    for (int i = 1, more = 2; more > 0; i++)
        for (; more > 0 && bits[i] > 0; more--)
            bits[i]--;
    assert_refused(b, view(full), 1, "a Huffman table is no code");
    behind_marker(large, 0xc4)[3 + 16 + 11] = 16; /* a DC size */
    assert_refused(b, view(large), 1, "a Huffman table is no code");
    og_buf_unref(&full);
    og_buf_unref(&large);
}

struct writer {
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *bytes;
    unsigned long size;
};

/* By libjpeg itself, in ways that our tiles are not made. */
static struct og_buf *write_colour(unsigned restart_rows, bool by_component)
{
    struct writer w = {0};
    const jpeg_scan_info scans[] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
    w.info.err = jpeg_std_error(&w.errors);
    jpeg_create_compress(&w.info);
    jpeg_mem_dest(&w.info, &w.bytes, &w.size);
    w.info.image_width = w.info.image_height = T;
    w.info.input_components = 3;
    w.info.in_color_space = JCS_YCbCr;
    jpeg_set_defaults(&w.info);
    w.info.comp_info[0].h_samp_factor = w.info.comp_info[0].v_samp_factor = 1;
    w.info.restart_in_rows = (int)restart_rows;
    w.info.scan_info = by_component ? scans : NULL;
    w.info.num_scans = by_component ? 3 : 0;
    jpeg_start_compress(&w.info, TRUE);
    uint8_t row[3 * T];
    JSAMPROW rows[] = {row};
    for (int y = 0; y < T; y++) {
        memset(row, y, sizeof row);
        jpeg_write_scanlines(&w.info, rows, 1);
    }
    jpeg_finish_compress(&w.info);
    jpeg_destroy_compress(&w.info);
    struct og_buf *buf = og_buf_copy(w.bytes, w.size);
    free(w.bytes);
    return buf;
}

static void more_scans_than_one_and_restarts_are_refused_but_of_others(void **state)
{
    struct bench *b = *state;
    struct og_buf *plain = write_colour(0, false), *restarted = write_colour(4, false), *scans = write_colour(0, true);
    assert_as_libjpeg(b, view(plain), 3);
    assert_refused(b, view(restarted), 3, "not one scan without restarts");
    assert_refused(b, view(scans), 3, "not one scan without restarts");
    assert_int_equal(og_jpeg_decode_foreign(b->libjpeg, view(scans), 3, b->other, T, T, &b->err), OG_OK);
    og_buf_unref(&plain);
    og_buf_unref(&restarted);
    og_buf_unref(&scans);
}

static void scalar_decodes_to_the_same_samples(void **state)
{
    struct bench *b = *state;
    og_jpeg_decoder_destroy(&b->decoder);
    b->decoder = og_jpeg_decoder_new(&og_kernels_scalar);
    struct og_buf *stream = whole_tile(b, 3, 90);
    assert_as_libjpeg(b, view(stream), 3);
    og_buf_unref(&stream);
}

#define CLAIM(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLAIM(every_quality_decodes_to_libjpegs_samples),
        CLAIM(levels_of_all_sizes_and_runs_decode_to_libjpegs_samples),
        CLAIM(levels_as_large_as_they_may_be_decode_to_libjpegs_samples),
        CLAIM(what_libjpeg_refuses_is_refused),
        CLAIM(every_byte_cut_off_or_put_on_is_missed),
        CLAIM(a_block_of_too_many_coefficients_is_refused),
        CLAIM(a_table_that_is_no_code_is_refused),
        CLAIM(more_scans_than_one_and_restarts_are_refused_but_of_others),
        CLAIM(scalar_decodes_to_the_same_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
