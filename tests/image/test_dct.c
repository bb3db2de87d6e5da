/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "support/cmocka_all.h"
#include "support/levels.h"
#include "support/noise.h"

enum { N = OG_BLOCK_SIDE, T = OG_TILE_SIZE };

static double exact(const uint8_t *samples, int v, int u)
{
    double sum = 0, pi = acos(-1);
    for (int y = 0; y < N; y++)
        for (int x = 0; x < N; x++)
            sum += (samples[N * y + x] - 128) * cos((2 * y + 1) * v * pi / 16) * cos((2 * x + 1) * u * pi / 16);
    return sum * (v ? 0.5 : sqrt(0.125)) * (u ? 0.5 : sqrt(0.125)) * OG_DCT_ONE;
}

static void coefficients_are_within_a_fifth_of_the_finest_step_of_the_exact_ones(void **state)
{
    (void)state;
    uint32_t seed = 5;
    uint8_t samples[OG_BLOCK];
    int16_t out[OG_BLOCK];
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < OG_BLOCK; i++)
            samples[i] = round % 2 ? noise_byte(&seed) : (uint8_t)(noise_byte(&seed) < 128 ? 0 : 255);
        og_kernels_scalar.dct_forward(samples, N, out);
        for (int i = 0; i < OG_BLOCK; i++)
            assert_true(fabs(out[i] - exact(samples, og_zigzag[i] / N, og_zigzag[i] % N)) < OG_DCT_ONE / 5.0);
    }
}

static void a_flat_block_has_nothing_but_dc(void **state)
{
    (void)state;
    uint8_t samples[OG_BLOCK];
    int16_t out[OG_BLOCK];
    for (int value = 0; value < 256; value++) {
        memset(samples, value, sizeof samples);
        og_kernels_scalar.dct_forward(samples, N, out);
        assert_true(abs(out[0] - (value - 128) * N * OG_DCT_ONE) <= 2);
        for (int i = 1; i < OG_BLOCK; i++)
            assert_int_equal(out[i], 0);
    }
}

/* A tile through libjpeg and back. */
struct loop {
    struct og_jpeg_coding coding;
    struct og_symbol_bits bits;
    uint8_t samples[T * T], decoded[T * T], tables[2048];
    int16_t levels[OG_TILE_BLOCKS][OG_BLOCK];
};

static void code_and_decode(struct loop *l)
{
    struct og_jpeg_coder *coder = og_jpeg_coder_new();
    struct og_jpeg_decoder *decoder = og_jpeg_decoder_new(og_kernels_choose());
    struct og_span tables, stream;
    struct og_error err = {0};
    struct og_plane to = {l->decoded, T, T, T};
    assert_int_equal(og_jpeg_code_tables(coder, &l->coding, &tables, &err), OG_OK);
    assert_true(tables.size <= sizeof l->tables);
    memcpy(l->tables, tables.data, tables.size);
    tables.data = l->tables;
    assert_int_equal(og_jpeg_code(coder, &l->coding, l->levels, &stream, &err), OG_OK);
    struct og_buf *whole = og_jpeg_splice(tables, stream);
    struct og_span span = {whole->data, whole->size};
    assert_int_equal(og_jpeg_decode_foreign(decoder, span, 1, &to, T, T, &err), OG_OK); /* libjpeg throughout */
    og_buf_unref(&whole);
    og_jpeg_coder_destroy(&coder);
    og_jpeg_decoder_destroy(&decoder);
}

static void check_inverse(const struct loop *l, const struct og_kernels *kernels)
{
    for (int b = 0; b < OG_TILE_BLOCKS; b++) {
        uint8_t got[OG_BLOCK];
        int16_t coefficients[OG_BLOCK];
        const uint8_t *expected = l->decoded + b / 32 * N * T + b % 32 * N;
        og_dequantise(&l->coding.quantiser[0], l->levels[b], coefficients);
        kernels->dct_inverse(coefficients, got, N);
        for (int y = 0; y < N; y++)
            assert_memory_equal(got + y * N, expected + y * T, N);
    }
}

enum { NOISE, TWO_VALUES, CHECKS, STRIPES, FAINT, KINDS };

static uint8_t drawn(int kind, int x, int y, uint32_t *seed)
{
    switch (kind) {
    case NOISE:
        return noise_byte(seed);
    case TWO_VALUES:
        return noise_byte(seed) % 2 ? 255 : 0;
    case CHECKS:
        return (x + y + y / 64) % 2 ? 255 : 0;
    case STRIPES:
        return (x / (1 + y / 32)) % 2 ? 255 : 0;
    default:
        return (uint8_t)(128 + noise_byte(seed) % 16 - 8);
    }
}

static void the_inverse_gives_what_libjpeg_decodes_of_any_picture(void **state)
{
    (void)state;
    static const uint8_t steps[] = {1, 2, 3, 7, 10, 16, 33, 90, 128, 200, 255};
    struct loop *l = malloc(sizeof *l);
    uint32_t seed = 9;
    for (int kind = 0; kind < KINDS; kind++)
        for (unsigned i = 0; i < 2 * sizeof steps; i++) {
            for (int k = 0; k < T * T; k++)
                l->samples[k] = drawn(kind, k % T, k / T, &seed);
            plain_coding(1, steps[i / 2], &l->coding);
            og_huffman_bits(&l->coding.huffman[0], &l->bits);
            l->coding.quantiser[0].lambda = i % 2 * steps[i / 2] * steps[i / 2] * 32u;
            (void)quantise(&(struct og_plane){l->samples, T, T, T}, &l->coding.quantiser[0], &l->bits, l->levels);
            code_and_decode(l);
            for (unsigned v = 0; og_kernels_variant(v); v++)
                check_inverse(l, og_kernels_variant(v));
        }
    free(l);
}

static void the_zigzag_visits_every_coefficient_once_by_rising_frequency(void **state)
{
    (void)state;
    bool seen[OG_BLOCK] = {false};
    int diagonal = 0;
    for (int i = 0; i < OG_BLOCK; i++) {
        int now = og_zigzag[i] / N + og_zigzag[i] % N;
        assert_false(seen[og_zigzag[i]]);
        seen[og_zigzag[i]] = true;
        assert_int_equal(og_zigzag_columns[i], og_zigzag[i] % N * N + og_zigzag[i] / N);
        assert_true(now == diagonal || now == diagonal + 1);
        diagonal = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_within_a_fifth_of_the_finest_step_of_the_exact_ones),
        cmocka_unit_test(a_flat_block_has_nothing_but_dc),
        cmocka_unit_test(the_inverse_gives_what_libjpeg_decodes_of_any_picture),
        cmocka_unit_test(the_zigzag_visits_every_coefficient_once_by_rising_frequency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
