/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/tuning.h"
#include "tool/tuning_fit.h"

enum { SIDE = 128 };

/* Planes made with what is to be found, all of it, from noise so soft that nothing is clamped. */
static void add_family(struct og_tuning_fit *fit, const struct og_tuning *tuning, uint32_t seed)
{
    static uint8_t small[SIDE * SIDE], large[4 * SIDE * SIDE], residual[SIDE * SIDE];
    const struct og_plane from = {small, SIDE, SIDE, SIDE}, to = {large, 2 * SIDE, 2 * SIDE, 2 * SIDE},
                          due = {residual, SIDE, SIDE, SIDE};
    const struct og_rect all = {0, 0, SIDE, SIDE};
    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        for (int k = 0; k < SIDE * SIDE; k++)
            residual[k] = small[k] = (uint8_t)(96 + noise_byte(&seed) % 64);
        og_kernels_scalar.predict[OG_PREDICTOR_TAPS].upsample(&tuning_like_a_slides.taps[i], &from, all, large,
                                                              2 * SIDE);
        og_taps_fit_add(&fit->taps[i], &tuning->taps[i], &from, all, &to);
    }
    og_kernels_scalar.smooth(&tuning_like_a_slides.smoothing, &due);
    og_smoothing_fit_add(&fit->smoothing, &from, &due);
}

static void assert_near(const int8_t *a, const int8_t *b, size_t count, int apart)
{
    for (size_t i = 0; i < count; i++)
        assert_true(abs(a[i] - b[i]) <= apart);
}

static void families_tell_of_everything_that_a_slide_is_rebuilt_with(void **state)
{
    (void)state;
    static struct og_tuning_fit families[2], sums;
    struct og_tuning tuning = {{og_taps_cubic, og_taps_cubic, og_taps_cubic}, og_smoothing_none};
    for (unsigned step = 0; step < 4; step++) {
        memset(families, 0, sizeof families);
        memset(&sums, 0, sizeof sums);
        for (unsigned i = 0; i < 2; i++) {
            add_family(&families[i], &tuning, 3 + i);
            og_tuning_fit_merge(&sums, &families[i]);
        }
        for (unsigned i = 0; i < OG_PREDICTED; i++)
            assert_int_equal(sums.taps[i].samples, families[0].taps[i].samples + families[1].taps[i].samples);
        assert_int_equal(sums.smoothing.samples, families[0].smoothing.samples + families[1].smoothing.samples);
        tuning = og_tuning_fit_solve(&sums, &tuning);
    }
    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        assert_near(tuning.taps[i].down.of, tuning_like_a_slides.taps[i].down.of, OG_TAPS, 1);
        assert_near(tuning.taps[i].along.of, tuning_like_a_slides.taps[i].along.of, OG_TAPS, 1);
    }
    assert_near(tuning.smoothing.of[0], tuning_like_a_slides.smoothing.of[0], OG_SMOOTHING_WEIGHTS, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_tell_of_everything_that_a_slide_is_rebuilt_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
