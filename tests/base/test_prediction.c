/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/prediction.h"
#include "support/cmocka_all.h"
#include "support/tuning.h"

static const struct og_weights plain = {{0, 0, 0, 64, 0, 0}};

static void expect(bool valid, struct og_weights weights)
{
    assert_int_equal(og_taps_are_valid(&(struct og_taps){weights, plain}), valid);
    assert_int_equal(og_taps_are_valid(&(struct og_taps){plain, weights}), valid);
}

static void taps_of_slides_and_at_the_bounds_are_valid(void **state)
{
    (void)state;
    assert_true(og_taps_are_valid(&og_taps_cubic));
    for (unsigned i = 0; i < OG_PREDICTED; i++)
        assert_true(og_taps_are_valid(&tuning_like_a_slides.taps[i]));
    for (unsigned i = 0; i < sizeof taps_at_the_bounds / sizeof taps_at_the_bounds[0]; i++)
        assert_true(og_taps_are_valid(&taps_at_the_bounds[i]));
}

static void weights_that_do_not_add_up_or_could_overflow_are_not(void **state)
{
    (void)state;
    expect(false, (struct og_weights){{0}});
    expect(false, (struct og_weights){{0, 0, 0, 63, 0, 0}});
    expect(false, (struct og_weights){{0, 0, 1, 64, 0, 0}});
    expect(true, (struct og_weights){{0, 0, 63, 64, -63, 0}});
    expect(false, (struct og_weights){{0, 0, 64, 64, -64, 0}});
    expect(false, (struct og_weights){{127, 127, 127, 127, -128, -128}});
}

static void smoothing_of_slides_and_at_the_bounds_is_valid(void **state)
{
    (void)state;
    assert_true(og_smoothing_is_valid(&og_smoothing_none));
    for (unsigned i = 0; i < OG_PREDICTED; i++)
        assert_true(og_smoothing_is_valid(&smoothing_like_slides[i]));
    for (unsigned i = 0; i < sizeof smoothing_at_the_bounds / sizeof smoothing_at_the_bounds[0]; i++)
        assert_true(og_smoothing_is_valid(&smoothing_at_the_bounds[i]));
}

static void smoothing_with_one_weight_more_than_sums_can_hold_is_not(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FULL_SMOOTHINGS; i++)
        for (unsigned v = 0; v <= OG_SMOOTHING_REACH; v++)
            for (unsigned u = 0; u <= OG_SMOOTHING_REACH; u++) {
                struct og_smoothing grown = smoothing_at_the_bounds[i];
                int weight = grown.of[v][u];
                if (weight == INT8_MAX)
                    continue;
                grown.of[v][u] = (int8_t)(weight + (weight < 0 ? -1 : 1));
                assert_false(og_smoothing_is_valid(&grown));
            }
    struct og_smoothing huge;
    memset(&huge, INT8_MIN, sizeof huge);
    assert_false(og_smoothing_is_valid(&huge));
}

static void nothing_is_smoothed_by_the_own_sample_alone(void **state)
{
    (void)state;
    static const struct og_smoothing none = {{{64, 0, 0}, {0, 0, 0}, {0, 0, 0}}};
    assert_memory_equal(&og_smoothing_none, &none, sizeof none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taps_of_slides_and_at_the_bounds_are_valid),
        cmocka_unit_test(weights_that_do_not_add_up_or_could_overflow_are_not),
        cmocka_unit_test(smoothing_of_slides_and_at_the_bounds_is_valid),
        cmocka_unit_test(smoothing_with_one_weight_more_than_sums_can_hold_is_not),
        cmocka_unit_test(nothing_is_smoothed_by_the_own_sample_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
