/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/taps.h"
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
    struct og_taps_fit sums = {.errors = {0}};
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
        draw(&taps_like_a_slides[i]);
        for (unsigned step = 0; step < 4; step++)
            found = improved(&found);
        assert_near(&found, &taps_like_a_slides[i], 1);
    }
}

static void one_step_is_most_of_the_way(void **state)
{
    (void)state;
    draw(&taps_like_a_slides[OG_PREDICTED_L0]);
    struct og_taps found = improved(&og_taps_cubic);
    assert_near(&found, &taps_like_a_slides[OG_PREDICTED_L0], 2);
}

static void families_may_be_added_up_in_any_order(void **state)
{
    (void)state;
    struct og_taps_fit parts[2] = {{.errors = {0}}, {.errors = {0}}}, sums[2] = {{.errors = {0}}, {.errors = {0}}};
    const struct og_rect halves[2] = {{0, 0, SIDE, SIDE / 2}, {0, SIDE / 2, SIDE, SIDE / 2}};
    draw(&taps_like_a_slides[OG_PREDICTED_L1]);
    for (unsigned i = 0; i < 2; i++) {
        struct og_plane half = og_plane_part(due, (struct og_rect){0, (int)i * SIDE, 2 * SIDE, SIDE});
        og_taps_fit_add(&parts[i], &og_taps_cubic, &from, halves[i], &half);
    }
    for (unsigned i = 0; i < 2; i++) {
        og_taps_fit_merge(&sums[0], &parts[i]);
        og_taps_fit_merge(&sums[1], &parts[1 - i]);
    }
    assert_memory_equal(&sums[0], &sums[1], sizeof sums[0]);
    assert_memory_not_equal(&sums[0], &parts[0], sizeof sums[0]);
}

static void what_lies_outside_the_slide_is_not_looked_at(void **state)
{
    (void)state;
    struct og_taps_fit whole = {.errors = {0}}, cut = {.errors = {0}}, nothing = {.errors = {0}};
    draw(&taps_like_a_slides[OG_PREDICTED_L0]);
    struct og_plane left = og_plane_part(due, (struct og_rect){0, 0, 101, 2 * SIDE}),
                    sliver = og_plane_part(due, (struct og_rect){0, 0, 1, 2 * SIDE});
    og_taps_fit_add(&cut, &og_taps_cubic, &from, all, &left);
    for (int y = 0; y < 2 * SIDE; y++)
        memset(large + 2 * SIDE * y + 101, 0, 2 * SIDE - 101);
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
    struct og_taps found = improved(&taps_like_a_slides[OG_PREDICTED_CHROMA]);
    assert_memory_equal(&found, &og_taps_usual, sizeof found);
}

/* Whatever is asked for, what comes out can be told to a reader. */
static void taps_are_valid_for_any_picture(void **state)
{
    (void)state;
    uint32_t seed = 5;
    for (unsigned round = 0; round < 40; round++) {
        for (int i = 0; i < SIDE * SIDE; i++)
            small[i] = round % 2 ? (uint8_t)(noise_byte(&seed) % 2 * 255) : (uint8_t)(i % SIDE % 3 * 127);
        for (int i = 0; i < 4 * SIDE * SIDE; i++)
            large[i] = round % 3 ? (uint8_t)(255 - small[i / 4]) : (uint8_t)(noise_byte(&seed) % 2 * 255);
        struct og_taps found = taps_at_the_bounds[round % 3];
        for (unsigned step = 0; step < 3; step++) {
            found = improved(&found);
            assert_true(og_taps_are_valid(&found));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_taps_that_a_plane_was_made_with_are_found),
        cmocka_unit_test(one_step_is_most_of_the_way),
        cmocka_unit_test(families_may_be_added_up_in_any_order),
        cmocka_unit_test(what_lies_outside_the_slide_is_not_looked_at),
        cmocka_unit_test(a_slide_without_texture_has_the_usual_taps),
        cmocka_unit_test(taps_are_valid_for_any_picture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
