/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/tuning.h"

enum { MAX_SIDE = 512 };

struct subject {
    const struct og_kernels *kernels;
    enum og_predictor predictor;
    const struct og_taps *taps;
    const struct og_smoothing *smoothing;
};

/* The header's definitions, written again as plainly as possible: sample by sample, from the taps. */
static int clamp(int v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

static int sample(const struct og_plane *plane, int x, int y)
{
    x = x < 0 ? 0 : x >= plane->width ? plane->width - 1 : x;
    y = y < 0 ? 0 : y >= plane->height ? plane->height - 1 : y;
    return plane->data[y * plane->stride + x];
}

static int mirrored(const struct og_plane *plane, int x, int y)
{
    x = x < 0 ? -1 - x : x >= plane->width ? 2 * plane->width - 1 - x : x;
    y = y < 0 ? -1 - y : y >= plane->height ? 2 * plane->height - 1 - y : y;
    return plane->data[y * plane->stride + x];
}

static int weighed(const struct og_weights *weights, const int s[OG_TAPS])
{
    int sum = 32;
    for (int i = 0; i < OG_TAPS; i++)
        sum += weights->of[i] * s[i];
    return clamp(sum >> 6);
}

static uint8_t taps_sample(const struct og_taps *taps, const struct og_plane *from, int x, int y)
{
    int column[OG_TAPS], row[OG_TAPS];
    for (int i = 0; i < OG_TAPS; i++) {
        for (int j = 0; j < OG_TAPS; j++)
            column[j] = sample(from, x / 2 + (x % 2 ? 3 - i : i - 3), y / 2 + (y % 2 ? 3 - j : j - 3));
        row[i] = weighed(&taps->down, column);
    }
    return (uint8_t)weighed(&taps->along, row);
}

static uint8_t bilinear_sample(const struct og_plane *from, int x, int y, int k)
{
    int i = x / 2, j = y / 2, beside = x % 2 ? i + 1 : i - 1, above = y % 2 ? j + 1 : j - 1;
    int a = sample(from, i, j), b = sample(from, beside, j), c = sample(from, i, above),
        d = sample(from, beside, above);
    return (uint8_t)((9 * a + 3 * b + 3 * c + d + k) >> 4);
}

static uint8_t predicted(const struct subject *subject, const struct og_plane *from, int x, int y)
{
    if (subject->predictor == OG_PREDICTOR_TAPS)
        return taps_sample(subject->taps, from, x, y);
    return bilinear_sample(from, x, y, subject->predictor == OG_PREDICTOR_BILINEAR ? 0 : 8);
}

/* Of `residual` as it was. */
static uint8_t smoothed(const struct og_smoothing *smoothing, const struct og_plane *residual, int x, int y)
{
    int sum = 32;
    for (int v = -2; v <= 2; v++)
        for (int u = -2; u <= 2; u++)
            sum += smoothing->of[abs(v)][abs(u)] * (mirrored(residual, x + u, y + v) - 128);
    return (uint8_t)clamp(128 + (sum >> 6));
}

enum { DARK, BRIGHT, STRIPES, CHECKS, NOISE, KINDS };

static uint8_t drawn(int kind, int x, int y, uint32_t *seed)
{
    switch (kind) {
    case DARK:
        return 0;
    case BRIGHT:
        return 255;
    case STRIPES:
        return (uint8_t)(x % 2 * 255);
    case CHECKS:
        return (uint8_t)((x / 2 + y / 2) % 2 * 255);
    default:
        return noise_byte(seed);
    }
}

/* A plane in a heap block that ends with its last sample, so that the address sanitizer sees every stray read. */
static struct og_plane drawn_plane(int width, int height, int stride, int kind)
{
    struct og_plane plane = {malloc((size_t)stride * (height - 1) + width), stride, width, height};
    uint32_t seed = 7u + width * 131u + height;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < (y < height - 1 ? stride : width); x++)
            plane.data[y * stride + x] = drawn(kind, x, y, &seed);
    return plane;
}

/* Predicts `area` into a block with a margin at the right, with and without residuals, and looks at every byte. */
static void check(const struct subject *subject, const struct og_plane *from, struct og_rect area, int residual)
{
    int width = 2 * area.width, height = 2 * area.height, stride = width + 3;
    uint8_t *got = malloc((size_t)stride * height), *sum = malloc((size_t)stride * height);
    uint32_t seed = 17;
    for (int i = 0; i < stride * height; i++)
        sum[i] = got[i] = drawn(residual, i, i, &seed);
    uint8_t *before = malloc((size_t)stride * height);
    memcpy(before, sum, (size_t)stride * height);

    subject->kernels->predict[subject->predictor].upsample(subject->taps, from, area, got, stride);
    subject->kernels->predict[subject->predictor].upsample_add(subject->taps, from, area, sum, stride);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < stride; x++) {
            int at = y * stride + x, p = x < width ? predicted(subject, from, 2 * area.x + x, 2 * area.y + y) : 0;
            assert_int_equal(got[at], x < width ? p : before[at]);
            assert_int_equal(sum[at], x < width ? clamp(p + before[at] - 128) : before[at]);
        }
    free(before);
    free(sum);
    free(got);
}

static void planes_of_every_size_are_predicted_as_the_header_says(void **state)
{
    for (int width = 1; width <= 140; width += width < 40 ? 1 : 9)
        for (int height = 1; height <= 33; height += height < 6 ? 1 : 9)
            for (int kind = 0; kind < KINDS; kind++) {
                struct og_plane from = drawn_plane(width, height, width, kind);
                check(*state, &from, (struct og_rect){0, 0, width, height}, NOISE);
                free(from.data);
            }
}

static void parts_at_every_edge_and_inside_are_parts_of_the_whole(void **state)
{
    enum { W = 103, H = 9 };
    struct og_plane from = drawn_plane(W, H, W + 5, NOISE);
    for (int x = 0; x < W; x += x < 4 || x > W - 6 ? 1 : 19)
        for (int y = 0; y < H; y++)
            for (int width = 1; width <= W - x; width += width < 3 || width > W - x - 3 ? 1 : 13)
                for (int height = 1; height <= H - y; height += 3)
                    check(*state, &from, (struct og_rect){x, y, width, height}, NOISE);
    free(from.data);
}

static void the_widest_area_is_predicted_whole(void **state)
{
    struct og_plane from = drawn_plane(MAX_SIDE, 4, MAX_SIDE, NOISE);
    check(*state, &from, (struct og_rect){0, 0, MAX_SIDE, 4}, NOISE);
    free(from.data);
}

static void sums_with_the_most_extreme_residuals_are_clamped(void **state)
{
    for (int kind = 0; kind < KINDS; kind++)
        for (int residual = 0; residual < KINDS; residual++) {
            struct og_plane from = drawn_plane(75, 6, 75, kind);
            check(*state, &from, (struct og_rect){0, 0, 75, 6}, residual);
            free(from.data);
        }
}

/* Every pair of a prediction and a residual: in an even plane the prediction is the plane's own value. */
static void every_prediction_meets_every_residual(void **state)
{
    const struct subject *subject = *state;
    uint8_t even[64], sum[4 * 64];
    struct og_plane from = {even, 64, 64, 1};
    for (int value = 0; value < 256; value++)
        for (int residual = 0; residual < 256; residual++) {
            memset(even, value, sizeof even);
            memset(sum, residual, sizeof sum);

            subject->kernels->predict[subject->predictor].upsample_add(subject->taps, &from,
                                                                       (struct og_rect){0, 0, 64, 1}, sum, 128);

            for (size_t i = 0; i < sizeof sum; i++)
                assert_int_equal(sum[i], clamp(value + residual - 128));
        }
}

/* In place, and looks at every byte: what lies right of the plane stays as it is. */
static void check_smoothing(const struct subject *subject, int width, int height, int stride, int kind)
{
    struct og_plane got = drawn_plane(width, height, stride, kind), before = drawn_plane(width, height, stride, kind);

    subject->kernels->smooth(subject->smoothing, &got);

    for (int y = 0; y < height; y++)
        for (int x = 0; x < (y < height - 1 ? stride : width); x++)
            assert_int_equal(got.data[y * stride + x],
                             x < width ? smoothed(subject->smoothing, &before, x, y) : before.data[y * stride + x]);
    free(before.data);
    free(got.data);
}

static void residuals_of_every_size_are_smoothed_as_the_header_says(void **state)
{
    for (int width = 2; width <= 140; width += width < 40 ? 1 : 9)
        for (int height = 2; height <= 9; height += height < 5 ? 1 : 4)
            check_smoothing(*state, width, height, width + height % 4, NOISE);
}

static void the_most_extreme_residuals_are_smoothed_as_the_header_says(void **state)
{
    for (int kind = 0; kind < KINDS; kind++) {
        check_smoothing(*state, 75, 6, 75, kind);
        check_smoothing(*state, 256, 8, 1024, kind);
        check_smoothing(*state, MAX_SIDE - 1, 7, MAX_SIDE, kind);
        check_smoothing(*state, MAX_SIDE, 3, MAX_SIDE, kind);
    }
    check_smoothing(*state, 33, 256, 40, NOISE);
}

static void where_nothing_was_corrected_nothing_is(void **state)
{
    const struct subject *subject = *state;
    uint8_t nothing[9 * 71], got[9 * 71];
    memset(nothing, 128, sizeof nothing);
    memset(got, 128, sizeof got);
    subject->kernels->smooth(subject->smoothing, &(struct og_plane){got, 71, 71, 9});
    assert_memory_equal(got, nothing, sizeof got);
}

static void without_smoothing_residuals_stay_as_they_are(void **state)
{
    const struct subject *subject = *state;
    for (int kind = 0; kind < KINDS; kind++) {
        struct og_plane got = drawn_plane(99, 9, 99, kind), before = drawn_plane(99, 9, 99, kind);
        subject->kernels->smooth(&og_smoothing_none, &got);
        assert_memory_equal(got.data, before.data, 9 * 99);
        free(before.data);
        free(got.data);
    }
}

static void halve_averages_blocks_and_repeats_the_last_column_and_row(void **state)
{
    const struct og_kernels *kernels = ((const struct subject *)*state)->kernels;
    for (int width = 1; width < 140; width += width < 12 ? 1 : 7)
        for (int height = 1; height < 12; height++) {
            struct og_plane from = drawn_plane(width, height, width, NOISE);
            int w = (width + 1) / 2, h = (height + 1) / 2;
            uint8_t got[70 * 6];
            struct og_plane to = {got, w, w, h};

            kernels->halve(&from, &to);

            for (int y = 0; y < h; y++)
                for (int x = 0; x < w; x++) {
                    int x1 = 2 * x + 1 < width ? 2 * x + 1 : width - 1,
                        y1 = 2 * y + 1 < height ? 2 * y + 1 : height - 1;
                    int sum = from.data[2 * y * width + 2 * x] + from.data[2 * y * width + x1] +
                              from.data[y1 * width + 2 * x] + from.data[y1 * width + x1];
                    assert_int_equal(got[y * w + x], (sum + 2) >> 2);
                }
            free(from.data);
        }
}

/* Blocks of exactly their size: rows of every length up to some vectors, and then a long one for many colours. */
static void colours_are_transformed_as_scalar_transforms_them(void **state)
{
    const struct og_kernels *kernels = ((const struct subject *)*state)->kernels;
    uint32_t seed = 31;
    for (size_t pixels = 1; pixels <= 100000; pixels = pixels < 100 ? pixels + 1 : pixels * 10) {
        uint8_t *in = malloc(3 * pixels), *got = malloc(3 * pixels), *expected = malloc(3 * pixels);
        for (size_t i = 0; i < 3 * pixels; i++)
            in[i] = noise_byte(&seed);

        kernels->rgb_to_ycc(in, pixels, got, got + pixels, got + 2 * pixels);
        og_kernels_scalar.rgb_to_ycc(in, pixels, expected, expected + pixels, expected + 2 * pixels);
        assert_memory_equal(got, expected, 3 * pixels);

        kernels->ycc_to_rgb(in, in + pixels, in + 2 * pixels, pixels, got);
        og_kernels_scalar.ycc_to_rgb(in, in + pixels, in + 2 * pixels, pixels, expected);
        assert_memory_equal(got, expected, 3 * pixels);
        free(expected);
        free(got);
        free(in);
    }
}

/* Samples that end with their block, so that the address sanitizer sees every stray read. */
static void blocks_are_transformed_as_scalar_transforms_them(void **state)
{
    const struct og_kernels *kernels = ((const struct subject *)*state)->kernels;
    for (int round = 0; round < 500; round++) {
        struct og_plane block = drawn_plane(8, 8, 8 + round % 9, round % KINDS);
        int16_t got[OG_BLOCK], expected[OG_BLOCK];
        kernels->dct_forward(block.data, block.stride, got);
        og_kernels_scalar.dct_forward(block.data, block.stride, expected);
        assert_memory_equal(got, expected, sizeof got);
        free(block.data);
    }
}

static int16_t drawn_coefficient(int kind, uint32_t *seed)
{
    uint32_t noise = noise_next(seed);
    switch (kind) {
    case 0: /* as of pictures */
        return noise % 3 ? 0 : (int16_t)(noise >> 8 & 0x7ff) - 1024;
    case 1: /* what no encoder makes */
        return (int16_t)(noise >> 8);
    case 2:
        return noise >> 16 & 1 ? INT16_MAX : INT16_MIN;
    default:
        return noise >> 16 & 7 ? 0 : INT16_MIN;
    }
}

static void blocks_come_back_as_scalar_brings_them_back_whatever_the_coefficients(void **state)
{
    const struct og_kernels *kernels = ((const struct subject *)*state)->kernels;
    uint32_t seed = 17;
    for (int round = 0; round < 4000; round++) {
        enum { SIDE = OG_BLOCK_SIDE, MOST = SIDE + 8 };
        int stride = SIDE + round % 9;
        uint8_t got[SIDE * MOST], expected[SIDE * MOST];
        int16_t coefficients[OG_BLOCK];
        for (int i = 0; i < OG_BLOCK; i++)
            coefficients[i] = drawn_coefficient(round % 4, &seed);
        memset(got, round, sizeof got);
        memset(expected, round, sizeof expected);
        kernels->dct_inverse(coefficients, got, stride);
        og_kernels_scalar.dct_inverse(coefficients, expected, stride);
        assert_memory_equal(got, expected, sizeof got);
    }
}

static void marks_stand_where_a_value_reaches_its_bound(void **state)
{
    const struct og_kernels *kernels = ((const struct subject *)*state)->kernels;
    int16_t values[OG_BLOCK] = {0}, bounds[OG_BLOCK];
    for (int i = 0; i < OG_BLOCK; i++)
        bounds[i] = (int16_t)(i % 3 ? 1 + i : INT16_MAX);
    for (int i = 0; i < OG_BLOCK; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            values[i] = (int16_t)(sign * bounds[i]);
            assert_true(kernels->at_least(values, bounds) == UINT64_C(1) << i);
            values[i] = (int16_t)(sign * (bounds[i] - 1));
            assert_true(kernels->at_least(values, bounds) == 0);
        }
}

static void the_environment_can_name_the_variant(void **state)
{
    (void)state;
    setenv("OG_CPU", "scalar", 1);
    assert_string_equal(og_kernels_choose()->name, "scalar");
    unsetenv("OG_CPU");
}

static void a_variant_that_does_not_run_here_is_refused_by_name(void **state)
{
    (void)state;
    struct og_error err = {0};
    setenv("OG_CPU", "abacus", 1);
    assert_int_equal(og_kernels_check(&err), OG_INVALID);
    assert_true(strstr(err.text, "OG_CPU is \"abacus\"; this processor runs ") != NULL);
    for (unsigned i = 0; og_kernels_variant(i); i++) {
        setenv("OG_CPU", og_kernels_variant(i)->name, 1);
        assert_int_equal(og_kernels_check(&err), OG_OK);
        assert_true(strstr(err.text, og_kernels_variant(i)->name) != NULL);
    }
    setenv("OG_CPU", "", 1);
    assert_int_equal(og_kernels_check(&err), OG_OK);
    unsetenv("OG_CPU");
    assert_int_equal(og_kernels_check(&err), OG_OK);
}

static void scalar_always_runs_and_comes_last(void **state)
{
    (void)state;
    unsigned n = 0;
    while (og_kernels_variant(n))
        n++;
    assert_true(n >= 1);
    assert_ptr_equal(og_kernels_variant(n - 1), &og_kernels_scalar);
    assert_ptr_equal(og_kernels_choose(), og_kernels_variant(0));
}

static const char *const words[OG_PREDICTORS] = {"taps", "bilinear", "rounded bilinear"};

/* Once for a predictor: edges do not depend on its weights. */
static int run_sizes(struct subject subject)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(planes_of_every_size_are_predicted_as_the_header_says, &subject),
        cmocka_unit_test_prestate(parts_at_every_edge_and_inside_are_parts_of_the_whole, &subject),
    };
    printf("%s, %s, every size\n", subject.kernels->name, words[subject.predictor]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_predictor(struct subject subject)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_widest_area_is_predicted_whole, &subject),
        cmocka_unit_test_prestate(sums_with_the_most_extreme_residuals_are_clamped, &subject),
        cmocka_unit_test_prestate(every_prediction_meets_every_residual, &subject),
    };
    printf("%s, %s\n", subject.kernels->name, words[subject.predictor]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_smoothing(struct subject subject)
{
    const int8_t *w = subject.smoothing->of[0];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_most_extreme_residuals_are_smoothed_as_the_header_says, &subject),
        cmocka_unit_test_prestate(where_nothing_was_corrected_nothing_is, &subject),
    };
    printf("%s, smoothing by %d, %d, %d ...\n", subject.kernels->name, w[0], w[1], w[2]);
    assert_true(og_smoothing_is_valid(subject.smoothing));
    return cmocka_run_group_tests(tests, NULL, NULL);
}

static int run_variant(const struct og_kernels *kernels)
{
    struct subject subject = {.kernels = kernels, .smoothing = &smoothing_at_the_bounds[0]};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(residuals_of_every_size_are_smoothed_as_the_header_says, &subject),
        cmocka_unit_test_prestate(without_smoothing_residuals_stay_as_they_are, &subject),
        cmocka_unit_test_prestate(halve_averages_blocks_and_repeats_the_last_column_and_row, &subject),
        cmocka_unit_test_prestate(colours_are_transformed_as_scalar_transforms_them, &subject),
        cmocka_unit_test_prestate(blocks_are_transformed_as_scalar_transforms_them, &subject),
        cmocka_unit_test_prestate(blocks_come_back_as_scalar_brings_them_back_whatever_the_coefficients, &subject),
        cmocka_unit_test_prestate(marks_stand_where_a_value_reaches_its_bound, &subject),
    };
    printf("%s\n", kernels->name);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < OG_PREDICTED; i++) {
        subject.smoothing = &smoothing_like_slides[i];
        failed += run_smoothing(subject);
    }
    for (size_t i = 0; i < sizeof smoothing_at_the_bounds / sizeof smoothing_at_the_bounds[0]; i++) {
        subject.smoothing = &smoothing_at_the_bounds[i];
        failed += run_smoothing(subject);
    }
    const size_t bounds = sizeof taps_at_the_bounds / sizeof taps_at_the_bounds[0];
    for (size_t i = 0; i < OG_PREDICTED + bounds + 1; i++) {
        subject.taps = i < OG_PREDICTED            ? &tuning_like_a_slides.taps[i]
                       : i < OG_PREDICTED + bounds ? &taps_at_the_bounds[i - OG_PREDICTED]
                                                   : &og_taps_cubic;
        assert_true(og_taps_are_valid(subject.taps));
        failed += run_predictor(subject);
    }
    subject.taps = &taps_at_the_bounds[bounds - 1];
    failed += run_sizes(subject);
    for (subject.predictor++; subject.predictor < OG_PREDICTORS; subject.predictor++)
        failed += run_sizes(subject) + run_predictor(subject);
    return failed;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_can_name_the_variant),
        cmocka_unit_test(a_variant_that_does_not_run_here_is_refused_by_name),
        cmocka_unit_test(scalar_always_runs_and_comes_last),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (unsigned i = 0; og_kernels_variant(i); i++)
        failed += run_variant(og_kernels_variant(i));
    return failed;
}
