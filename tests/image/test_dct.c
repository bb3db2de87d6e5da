/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "image/dct.h"
#include "support/cmocka_all.h"
#include "support/noise.h"

enum { N = OG_BLOCK_SIDE };

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
    int32_t out[OG_BLOCK];
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < OG_BLOCK; i++)
            samples[i] = round % 2 ? noise_byte(&seed) : (uint8_t)(noise_byte(&seed) < 128 ? 0 : 255);
        og_dct_forward(samples, N, out);
        for (int i = 0; i < OG_BLOCK; i++)
            assert_true(fabs(out[i] - exact(samples, i / N, i % N)) < OG_DCT_ONE / 5.0);
    }
}

static void a_flat_block_has_nothing_but_dc(void **state)
{
    (void)state;
    uint8_t samples[OG_BLOCK];
    int32_t out[OG_BLOCK];
    for (int value = 0; value < 256; value++) {
        for (int i = 0; i < OG_BLOCK; i++)
            samples[i] = (uint8_t)value;
        og_dct_forward(samples, N, out);
        assert_true(abs(out[0] - (value - 128) * N * OG_DCT_ONE) <= 2);
        for (int i = 1; i < OG_BLOCK; i++)
            assert_int_equal(out[i], 0);
    }
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
        assert_true(now == diagonal || now == diagonal + 1);
        diagonal = now;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_within_a_fifth_of_the_finest_step_of_the_exact_ones),
        cmocka_unit_test(a_flat_block_has_nothing_but_dc),
        cmocka_unit_test(the_zigzag_visits_every_coefficient_once_by_rising_frequency),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
