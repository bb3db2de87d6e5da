/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"
#include "support/cmocka_all.h"
#include "support/levels.h"
#include "support/noise.h"

enum { T = OG_TILE_SIZE, STEP = 12 };

struct bench {
    uint8_t samples[T * T], decoded[T * T];
    int16_t levels[OG_TILE_BLOCKS][OG_BLOCK], other[OG_TILE_BLOCKS][OG_BLOCK];
    struct og_plane plane, to;
    struct og_jpeg_coding coding;
    struct og_symbol_bits bits;
};

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    uint32_t seed = 21;
    for (int i = 0; i < T * T; i++)
        b->samples[i] = (uint8_t)(112 + noise_byte(&seed) % 32 + (i / T / 16 + i % T / 16) % 2 * 9);
    b->plane = (struct og_plane){b->samples, T, T, T};
    b->to = (struct og_plane){b->decoded, T, T, T};
    plain_coding(1, STEP, &b->coding);
    struct og_symbol_counts counts = {.dc = {0}};
    quantise_plainly(&b->plane, &b->coding.quantiser[0], b->levels);
    og_symbols_count(b->levels, OG_TILE_BLOCKS, &counts);
    og_huffman_make(&counts, &b->coding.huffman[0]);
    og_huffman_bits(&b->coding.huffman[0], &b->bits);
    b->coding.quantiser[0].lambda = STEP * STEP * OG_DCT_ONE * OG_DCT_ONE / 8;
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static uint64_t bits_of(const struct bench *b, int16_t (*levels)[OG_BLOCK])
{
    struct og_symbol_counts counts = {.dc = {0}};
    uint64_t sum = 0;
    og_symbols_count(levels, OG_TILE_BLOCKS, &counts);
    for (int i = 0; i < OG_DC_SYMBOLS; i++)
        sum += counts.dc[i] * b->bits.dc[i];
    for (int i = 0; i < OG_AC_SYMBOLS; i++)
        sum += counts.ac[i] * b->bits.ac[i];
    return sum;
}

/* Squared error in the units of coefficients. */
static int64_t error_of(const struct bench *b, int16_t (*levels)[OG_BLOCK])
{
    int64_t sum = 0;
    for (int block = 0; block < OG_TILE_BLOCKS; block++) {
        int16_t out[OG_BLOCK];
        og_kernels_scalar.dct_forward(b->samples + block / 32 * 8 * T + block % 32 * 8, T, out);
        for (int i = 0; i < OG_BLOCK; i++) {
            int64_t d = out[i] - levels[block][i] * STEP * OG_DCT_ONE;
            sum += d * d;
        }
    }
    return sum;
}

static int64_t cost_of(const struct bench *b, int16_t (*levels)[OG_BLOCK])
{
    return error_of(b, levels) + (int64_t)b->coding.quantiser[0].lambda * (int64_t)bits_of(b, levels);
}

static void the_gain_is_what_zeros_cost_less_what_the_levels_cost(void **state)
{
    struct bench *b = *state;
    int64_t gain = quantise(&b->plane, &b->coding.quantiser[0], &b->bits, b->levels);
    assert_true(gain == error_of(b, b->other) - cost_of(b, b->levels));
}

static void no_single_change_of_a_level_makes_a_tile_cheaper(void **state)
{
    struct bench *b = *state;
    uint32_t seed = 77;
    (void)quantise(&b->plane, &b->coding.quantiser[0], &b->bits, b->levels);
    int64_t least = cost_of(b, b->levels);
    for (int round = 0; round < 400; round++) {
        int16_t *level = &b->levels[noise_next(&seed) % OG_TILE_BLOCKS][noise_next(&seed) % 30], kept = *level;
        *level = (int16_t)(round % 3 == 0 && kept ? 0 : kept + (round % 2 ? 1 : -1));
        assert_true(cost_of(b, b->levels) >= least);
        *level = kept;
    }
}

static void the_chosen_levels_cost_less_than_rounded_ones(void **state)
{
    struct bench *b = *state;
    struct og_quantiser rounding = b->coding.quantiser[0];
    rounding.lambda = 0;
    (void)quantise(&b->plane, &b->coding.quantiser[0], &b->bits, b->levels);
    quantise_plainly(&b->plane, &rounding, b->other);
    assert_true(cost_of(b, b->levels) < cost_of(b, b->other));
    assert_true(bits_of(b, b->levels) < bits_of(b, b->other));
    assert_true(error_of(b, b->levels) > error_of(b, b->other));
}

static void a_stream_decodes_to_the_levels_that_were_chosen(void **state)
{
    struct bench *b = *state;
    struct og_jpeg_coder *coder = og_jpeg_coder_new();
    struct og_jpeg_decoder *decoder = og_jpeg_decoder_new(og_kernels_choose());
    struct og_span stream, tables;
    struct og_error err = {0};
    (void)quantise(&b->plane, &b->coding.quantiser[0], &b->bits, b->levels);
    assert_int_equal(og_jpeg_code_tables(coder, &b->coding, &tables, &err), OG_OK);
    uint8_t kept[2048];
    assert_true(tables.size <= sizeof kept);
    memcpy(kept, tables.data, tables.size);
    tables.data = kept;
    assert_int_equal(og_jpeg_code(coder, &b->coding, b->levels, &stream, &err), OG_OK);
    assert_int_equal(og_jpeg_decode(decoder, tables, stream, 1, &b->to, &err), OG_OK);

    struct og_quantiser rounding = b->coding.quantiser[0];
    rounding.lambda = 0;
    quantise_plainly(&b->to, &rounding, b->other);
    assert_memory_equal(b->other, b->levels, sizeof b->levels);
    og_jpeg_coder_destroy(&coder);
    og_jpeg_decoder_destroy(&decoder);
}

static void nothing_costs_less_than_a_faint_texture(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < T * T; i++)
        b->samples[i] = (uint8_t)(128 + i % 3 - 1);
    int64_t gain = quantise(&b->plane, &b->coding.quantiser[0], &b->bits, b->levels);
    assert_true(gain <= 0);
    assert_memory_equal(b->levels, b->other, sizeof b->levels);
}

static void busy_blocks_are_patient_and_flat_ones_are_not(void **state)
{
    struct bench *b = *state;
    uint16_t patience[OG_TILE_BLOCKS];
    uint32_t seed = 3;
    memset(b->samples, 90, sizeof b->samples);
    for (int y = 0; y < 8; y++)
        for (int x = 8; x < 16; x++)
            b->samples[y * T + x] = noise_byte(&seed);
    struct og_plane part = {b->samples, T, 100, 30};
    og_masking_find(&part, patience);
    assert_int_equal(patience[0], 91); /* 256 · sqrt(58 / 458) */
    assert_int_equal(patience[1], 4 * OG_PATIENCE_ONE);
    assert_int_equal(patience[12], 91); /* half inside */
    assert_int_equal(patience[13], 0);
    assert_int_equal(patience[OG_TILE_BLOCKS - 1], 0);
}

int main(void)
{
#define ON_BENCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_BENCH(the_gain_is_what_zeros_cost_less_what_the_levels_cost),
        ON_BENCH(no_single_change_of_a_level_makes_a_tile_cheaper),
        ON_BENCH(the_chosen_levels_cost_less_than_rounded_ones),
        ON_BENCH(a_stream_decodes_to_the_levels_that_were_chosen),
        ON_BENCH(nothing_costs_less_than_a_faint_texture),
        ON_BENCH(busy_blocks_are_patient_and_flat_ones_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
