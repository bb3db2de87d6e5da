/* SPDX-License-Identifier: MIT */
#include "base/prediction.h"
#include "support/cmocka_all.h"
#include "support/taps.h"

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
        assert_true(og_taps_are_valid(&taps_like_a_slides[i]));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taps_of_slides_and_at_the_bounds_are_valid),
        cmocka_unit_test(weights_that_do_not_add_up_or_could_overflow_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
