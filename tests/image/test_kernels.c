/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"

/* The header's definition, written again as plainly as possible. */
static int clamp(int v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

static int at(const uint8_t *line, int step, int size, int i)
{
    i = i < 0 ? 0 : i >= size ? size - 1 : i;
    return line[i * step];
}

static void stretch(const uint8_t *from, int from_step, int size, uint8_t *to, int to_step)
{
    for (int i = 0; i < size; i++) {
        int a = at(from, from_step, size, i - 2), b = at(from, from_step, size, i - 1);
        int c = at(from, from_step, size, i), d = at(from, from_step, size, i + 1),
            e = at(from, from_step, size, i + 2);
        to[2 * i * to_step] = (uint8_t)clamp((-2 * a + 17 * b + 56 * c - 7 * d + 32) >> 6);
        to[(2 * i + 1) * to_step] = (uint8_t)clamp((-7 * b + 56 * c + 17 * d - 2 * e + 32) >> 6);
    }
}

static uint8_t *expected_upsample(const struct og_plane *from)
{
    uint8_t *columns = malloc((size_t)from->width * 2 * from->height);
    uint8_t *both = malloc((size_t)4 * from->width * from->height);
    for (int x = 0; x < from->width; x++)
        stretch(from->data + x, (int)from->stride, from->height, columns + x, from->width);
    for (int y = 0; y < 2 * from->height; y++)
        stretch(columns + y * from->width, 1, from->width, both + y * 2 * from->width, 1);
    free(columns);
    return both;
}

/* A plane in a heap block of exactly its size, so that the address sanitizer sees every stray read. */
static struct og_plane random_plane(int width, int height, uint32_t seed, int kind)
{
    struct og_plane plane = {malloc((size_t)width * height), width, width, height};
    for (int i = 0; i < width * height; i++)
        plane.data[i] = kind == 0 ? 0 : kind == 1 ? 255 : kind == 2 ? (uint8_t)((i & 1) * 255) : noise_byte(&seed);
    return plane;
}

static void upsample_is_the_predictor_of_the_header_for_every_size(void **state)
{
    const struct og_kernels *kernels = *state;
    for (int width = 1; width <= 140; width += width < 40 ? 1 : 9)
        for (int height = 1; height <= 33; height += height < 6 ? 1 : 9)
            for (int kind = 0; kind < 4; kind++) {
                struct og_plane from = random_plane(width, height, 7u + width * 131u + height, kind);
                uint8_t *expected = expected_upsample(&from), *got = malloc((size_t)4 * width * height);

                kernels->upsample(&from, (struct og_rect){0, 0, width, height}, got, 2 * width);

                assert_memory_equal(got, expected, (size_t)4 * width * height);
                free(got);
                free(expected);
                free(from.data);
            }
}

static void a_part_upsamples_to_the_part_of_the_whole(void **state)
{
    const struct og_kernels *kernels = *state;
    enum { W = 96, H = 40 };
    struct og_plane from = random_plane(W, H, 99, 3);
    uint8_t *whole = expected_upsample(&from), part[4 * W * H];
    for (int x = 0; x < W; x += 48)
        for (int y = 0; y < H; y += 8) {
            kernels->upsample(&from, (struct og_rect){x, y, 48, 8}, part, 96);
            for (int row = 0; row < 16; row++)
                assert_memory_equal(part + row * 96, whole + (2 * y + row) * 2 * W + 2 * x, 96);
        }
    free(whole);
    free(from.data);
}

static void upsample_add_adds_the_residual_around_128_and_clamps(void **state)
{
    const struct og_kernels *kernels = *state;
    enum { W = 75, H = 16 };
    struct og_plane from = random_plane(W, H, 5, 3);
    uint8_t *prediction = expected_upsample(&from), residual[4 * W * H], got[4 * W * H];
    uint32_t seed = 17;
    for (int i = 0; i < 4 * W * H; i++)
        residual[i] = got[i] = noise_byte(&seed);

    kernels->upsample_add(&from, (struct og_rect){0, 0, W, H}, got, 2 * W);

    for (int i = 0; i < 4 * W * H; i++)
        assert_int_equal(got[i], clamp(prediction[i] + residual[i] - 128));
    free(prediction);
    free(from.data);
}

static void halve_averages_blocks_and_repeats_the_last_column_and_row(void **state)
{
    const struct og_kernels *kernels = *state;
    for (int width = 1; width < 140; width += width < 12 ? 1 : 7)
        for (int height = 1; height < 12; height++) {
            struct og_plane from = random_plane(width, height, 3u + width * 31u + height, 3);
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

static void the_environment_can_name_the_variant(void **state)
{
    (void)state;
    setenv("OG_CPU", "scalar", 1);
    assert_string_equal(og_kernels_choose()->name, "scalar");
    unsetenv("OG_CPU");
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

static int run_variant(const struct og_kernels *kernels)
{
    void *variant = (void *)kernels;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(upsample_is_the_predictor_of_the_header_for_every_size, variant),
        cmocka_unit_test_prestate(a_part_upsamples_to_the_part_of_the_whole, variant),
        cmocka_unit_test_prestate(upsample_add_adds_the_residual_around_128_and_clamps, variant),
        cmocka_unit_test_prestate(halve_averages_blocks_and_repeats_the_last_column_and_row, variant),
    };
    return cmocka_run_group_tests_name(kernels->name, tests, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_can_name_the_variant),
        cmocka_unit_test(scalar_always_runs_and_comes_last),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (unsigned i = 0; og_kernels_variant(i); i++)
        failed += run_variant(og_kernels_variant(i));
    return failed;
}
