/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/tuning.h"
#include "tool/taps_fit.h"

enum { SIDE = 128 };

static uint8_t small[SIDE * SIDE], large[4 * SIDE * SIDE];
static const struct og_plane from = {small, SIDE, SIDE, SIDE}, due = {large, 2 * SIDE, 2 * SIDE, 2 * SIDE};
static const struct og_rect all = {0, 0, SIDE, SIDE};

/* Soft noise, so that no prediction is clamped. */
static void draw(const struct og_taps *taps)
{
    uint32_t seed = 31;
    for (int i = 0; i < SIDE * SIDE; i++)
        small[i] = (uint8_t)(96 + noise_byte(&seed) % 64);
    og_kernels_scalar.predict[OG_PREDICTOR_TAPS].upsample(taps, &from, all, large, 2 * SIDE);
}

static struct og_taps improved(const struct og_taps *taps)
{
    struct og_normal_equations sums = {.errors = {0}};
    og_taps_fit_add(&sums, taps, &from, all, &due);
    return og_taps_fit_solve(&sums, taps);
}

static void assert_near(const struct og_taps *found, const struct og_taps *made_with, int apart)
{
    for (unsigned i = 0; i < OG_TAPS; i++) {
        assert_true(abs(found->down.of[i] - made_with->down.of[i]) <= apart);
        assert_true(abs(found->along.of[i] - made_with->along.of[i]) <= apart);
    }
}

/* But for what holds them to the usual ones. */
static void the_taps_that_a_plane_was_made_with_are_found(void **state)
{
    (void)state;
    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        struct og_taps found = og_taps_cubic;
        draw(&tuning_like_a_slides.taps[i]);
        for (unsigned step = 0; step < 4; step++)
            found = improved(&found);
        assert_near(&found, &tuning_like_a_slides.taps[i], 1);
    }
}

static void one_step_is_most_of_the_way(void **state)
{
    (void)state;
    draw(&tuning_like_a_slides.taps[OG_PREDICTED_L0]);
    struct og_taps found = improved(&og_taps_cubic);
    assert_near(&found, &tuning_like_a_slides.taps[OG_PREDICTED_L0], 2);
}

static void families_may_be_added_up_in_any_order(void **state)
{
    (void)state;
    struct og_normal_equations parts[2] = {{.errors = {0}}, {.errors = {0}}},
                               sums[2] = {{.errors = {0}}, {.errors = {0}}};
    const struct og_rect quarters[2] = {{0, 0, SIDE / 2, SIDE / 2}, {SIDE / 2, SIDE / 2, SIDE / 2, SIDE / 2}};
    draw(&tuning_like_a_slides.taps[OG_PREDICTED_L1]);
    for (unsigned i = 0; i < 2; i++) {
        struct og_plane quarter = og_plane_part(due, (struct og_rect){(int)i * SIDE, (int)i * SIDE, SIDE, SIDE});
        og_taps_fit_add(&parts[i], &og_taps_cubic, &from, quarters[i], &quarter);
    }
    for (unsigned i = 0; i < 2; i++) {
        og_normal_equations_merge(&sums[0], &parts[i]);
        og_normal_equations_merge(&sums[1], &parts[1 - i]);
    }
    assert_memory_equal(&sums[0], &sums[1], sizeof sums[0]);
    assert_int_equal(sums[0].samples, parts[0].samples + parts[1].samples);
    for (unsigned i = 0; i < 2; i++) {
        struct og_taps found = og_taps_fit_solve(&parts[i], &og_taps_cubic);
        assert_near(&found, &tuning_like_a_slides.taps[OG_PREDICTED_L1], 2);
    }
}

static void what_lies_outside_the_slide_is_not_looked_at(void **state)
{
    (void)state;
    struct og_normal_equations whole = {.errors = {0}}, cut = {.errors = {0}}, nothing = {.errors = {0}};
    draw(&tuning_like_a_slides.taps[OG_PREDICTED_L0]);
    struct og_plane left = og_plane_part(due, (struct og_rect){0, 0, 105, 2 * SIDE}),
                    sliver = og_plane_part(due, (struct og_rect){0, 0, 1, 2 * SIDE});
    og_taps_fit_add(&cut, &og_taps_cubic, &from, all, &left);
    for (int y = 0; y < 2 * SIDE; y++)
        memset(large + 2 * SIDE * y + 105, 0, 2 * SIDE - 105);
    og_taps_fit_add(&whole, &og_taps_cubic, &from, all, &left);
    assert_memory_equal(&whole, &cut, sizeof cut);
    og_taps_fit_add(&nothing, &og_taps_cubic, &from, all, &sliver);
    assert_int_equal(nothing.slopes[0][0], 0);
}

static void a_slide_without_texture_has_the_usual_taps(void **state)
{
    (void)state;
    memset(small, 200, sizeof small);
    memset(large, 90, sizeof large);
    struct og_taps found = improved(&tuning_like_a_slides.taps[OG_PREDICTED_CHROMA]);
    assert_memory_equal(&found, &og_taps_usual, sizeof found);
}

/* What is asked for are weights that no slide may have. */
static void where_a_step_would_leave_what_is_valid_the_taps_stay(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int i = 0; i < SIDE * SIDE; i++)
        small[i] = (uint8_t)(120 + noise_byte(&seed) % 16);
    for (int i = 0; i < 4 * SIDE * SIDE; i++)
        large[i] = (uint8_t)(128 + 8 * (small[i / 4 / SIDE * SIDE + i / 2 % SIDE] - 128));
    struct og_taps found = improved(&og_taps_cubic);
    assert_memory_equal(&found, &og_taps_cubic, sizeof found);
}

/* A grey level of noise, none of which is in what is due. */
static void what_can_hardly_be_seen_teaches_little(void **state)
{
    (void)state;
    uint32_t seed = 11;
    for (int i = 0; i < SIDE * SIDE; i++)
        small[i] = (uint8_t)(127 + noise_byte(&seed) % 2);
    memset(large, 127, sizeof large);
    struct og_taps found = improved(&og_taps_usual);
    assert_near(&found, &og_taps_usual, 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_taps_that_a_plane_was_made_with_are_found),
        cmocka_unit_test(one_step_is_most_of_the_way),
        cmocka_unit_test(families_may_be_added_up_in_any_order),
        cmocka_unit_test(what_lies_outside_the_slide_is_not_looked_at),
        cmocka_unit_test(a_slide_without_texture_has_the_usual_taps),
        cmocka_unit_test(where_a_step_would_leave_what_is_valid_the_taps_stay),
        cmocka_unit_test(what_can_hardly_be_seen_teaches_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
