/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/tile.h"
#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/tuning.h"
#include "tool/smoothing_fit.h"

enum { T = OG_TILE_SIZE, WEIGHTS = OG_SMOOTHING_WEIGHTS };

static uint8_t made[T * T], wanted[T * T];
static const struct og_plane decoded = {made, T, T, T}, due = {wanted, T, T, T};

/* Noise of `levels` around 128. */
static void draw(uint32_t seed, int levels)
{
    for (int i = 0; i < T * T; i++)
        made[i] = (uint8_t)(128 - levels / 2 + noise_byte(&seed) % levels);
}

/* Soft noise, so that nothing is clamped; due is what it becomes by smoothing. */
static void draw_smoothed(uint32_t seed, const struct og_smoothing *smoothing)
{
    draw(seed, 64);
    memcpy(wanted, made, sizeof wanted);
    og_kernels_scalar.smooth(smoothing, &due);
}

static struct og_smoothing found(void)
{
    struct og_normal_equations sums = {.samples = 0};
    og_smoothing_fit_add(&sums, &decoded, &due);
    return og_smoothing_fit_solve(&sums);
}

static void assert_near(const struct og_smoothing *a, const struct og_smoothing *b)
{
    for (unsigned v = 0; v <= OG_SMOOTHING_REACH; v++)
        for (unsigned u = 0; u <= OG_SMOOTHING_REACH; u++)
            assert_true(abs(a->of[v][u] - b->of[v][u]) <= 1);
}

/* But for what holds them to none. */
static void the_weights_that_a_residual_was_smoothed_with_are_found(void **state)
{
    (void)state;
    static const struct og_smoothing turned = {{{40, -9, 3}, {6, 4, 0}, {-5, 1, -3}}};
    for (unsigned i = 0; i < 3; i++) {
        draw_smoothed(31 + i, &smoothing_like_slides[i]);
        struct og_smoothing smoothing = found();
        assert_near(&smoothing, &smoothing_like_slides[i]);
    }
    draw_smoothed(5, &turned);
    struct og_smoothing smoothing = found();
    assert_near(&smoothing, &turned);
}

static void a_residual_that_is_what_it_should_be_stays_as_it_is(void **state)
{
    (void)state;
    draw(9, 64);
    memcpy(wanted, made, sizeof wanted);
    struct og_smoothing smoothing = found();
    assert_memory_equal(&smoothing, &og_smoothing_none, sizeof smoothing);
}

static int mirrored(int i)
{
    return i < 0 ? -1 - i : i >= T ? 2 * T - 1 - i : i;
}

/* The header's definition, written again as plainly as possible: one of 25 samples after the other. */
static void add_plainly(struct og_normal_equations *sums, int x, int y)
{
    int64_t f[WEIGHTS] = {0};
    for (int v = -2; v <= 2; v++)
        for (int u = -2; u <= 2; u++)
            f[3 * abs(v) + abs(u)] += made[mirrored(y + v) * T + mirrored(x + u)] - 128;
    for (int k = 0; k < WEIGHTS; k++) {
        for (int l = 0; l < WEIGHTS; l++)
            sums->slopes[k][l] += f[k] * f[l];
        sums->errors[k] += f[k] * 64 * (wanted[y * T + x] - 128);
    }
    sums->squares += 64 * 64 * (wanted[y * T + x] - 128) * (wanted[y * T + x] - 128);
    sums->samples++;
}

static void sums_are_those_of_one_place_in_49_up_to_the_edges(void **state)
{
    (void)state;
    struct og_normal_equations sums = {.samples = 0}, plain = {.samples = 0};
    draw_smoothed(77, &smoothing_like_slides[2]);
    made[0] = made[T - 1] = made[T * T - 1] = 255;
    og_smoothing_fit_add(&sums, &decoded, &due);
    for (int y = 0; y < T; y++)
        for (int x = 0; x < T; x++)
            if ((x - 18 * y) % 49 == 0)
                add_plainly(&plain, x, y);
    assert_memory_equal(&sums, &plain, sizeof sums);
}

static void families_may_be_added_up_in_any_order(void **state)
{
    (void)state;
    struct og_normal_equations parts[3], sums[2] = {{.samples = 0}, {.samples = 0}}, all = {.samples = 0};
    memset(parts, 0, sizeof parts);
    for (unsigned i = 0; i < 3; i++) {
        draw_smoothed(3 + i, &smoothing_like_slides[1]);
        og_smoothing_fit_add(&parts[i], &decoded, &due);
        og_smoothing_fit_add(&all, &decoded, &due);
    }
    for (unsigned i = 0; i < 3; i++) {
        og_normal_equations_merge(&sums[0], &parts[i]);
        og_normal_equations_merge(&sums[1], &parts[2 - i]);
    }
    assert_memory_equal(&sums[0], &all, sizeof all);
    assert_memory_equal(&sums[1], &all, sizeof all);
    assert_int_equal(all.samples, parts[0].samples + parts[1].samples + parts[2].samples);
    struct og_smoothing smoothing = og_smoothing_fit_solve(&all);
    assert_near(&smoothing, &smoothing_like_slides[1]);
}

/* Two samples beyond the edge are weighed; nothing else is. */
static void only_the_part_inside_the_slide_counts(void **state)
{
    (void)state;
    enum { W = 105, H = 60 };
    struct og_normal_equations cut = {.samples = 0}, again = {.samples = 0};
    struct og_plane inside = {wanted, T, W, H};
    draw_smoothed(41, &smoothing_like_slides[0]);
    og_smoothing_fit_add(&cut, &decoded, &inside);
    for (int y = 0; y < T; y++)
        for (int x = 0; x < T; x++) {
            if (x >= W || y >= H)
                wanted[y * T + x] = 0;
            if (x >= W + 2 || y >= H + 2)
                made[y * T + x] = 255;
        }
    og_smoothing_fit_add(&again, &decoded, &inside);
    assert_memory_equal(&again, &cut, sizeof cut);
    int64_t places = 0;
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            places += (x - 18 * y) % 49 == 0;
    assert_int_equal(cut.samples, places);
    struct og_smoothing smoothing = og_smoothing_fit_solve(&cut);
    assert_near(&smoothing, &smoothing_like_slides[0]);
}

static void where_there_is_nothing_to_learn_from_nothing_is_smoothed(void **state)
{
    (void)state;
    struct og_normal_equations nothing = {.samples = 0};
    struct og_smoothing smoothing = og_smoothing_fit_solve(&nothing);
    assert_memory_equal(&smoothing, &og_smoothing_none, sizeof smoothing);
    memset(made, 128, sizeof made);
    memset(wanted, 128, sizeof wanted);
    smoothing = found();
    assert_memory_equal(&smoothing, &og_smoothing_none, sizeof smoothing);
}

/* `due` as weights of any size would have it. */
static void expect_none_of(const int weights[3][3])
{
    draw(23, 16);
    for (int y = 0; y < T; y++)
        for (int x = 0; x < T; x++) {
            int sum = 32;
            for (int v = -2; v <= 2; v++)
                for (int u = -2; u <= 2; u++)
                    sum += weights[abs(v)][abs(u)] * (made[mirrored(y + v) * T + mirrored(x + u)] - 128);
            wanted[y * T + x] = (uint8_t)(128 + (sum >> 6));
        }
    struct og_smoothing smoothing = found();
    assert_memory_equal(&smoothing, &og_smoothing_none, sizeof smoothing);
}

static void what_no_slide_may_have_is_not_found(void **state)
{
    (void)state;
    static const int beyond_a_weight[3][3] = {{200, 0, 0}, {0, 0, 0}, {0, 0, 0}},
                     below_a_weight[3][3] = {{-200, 0, 0}, {0, 0, 0}, {0, 0, 0}},
                     beyond_the_sum[3][3] = {{100, 30, 0}, {-30, 0, 0}, {0, 20, 0}};
    expect_none_of(beyond_a_weight);
    expect_none_of(below_a_weight);
    expect_none_of(beyond_the_sum);
}

/* A grey level of noise, none of which is in what is due. */
static void what_can_hardly_be_seen_teaches_little(void **state)
{
    (void)state;
    draw(11, 2);
    memset(wanted, 128, sizeof wanted);
    struct og_smoothing smoothing = found();
    assert_in_range(smoothing.of[0][0], 16, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_weights_that_a_residual_was_smoothed_with_are_found),
        cmocka_unit_test(a_residual_that_is_what_it_should_be_stays_as_it_is),
        cmocka_unit_test(sums_are_those_of_one_place_in_49_up_to_the_edges),
        cmocka_unit_test(families_may_be_added_up_in_any_order),
        cmocka_unit_test(only_the_part_inside_the_slide_counts),
        cmocka_unit_test(where_there_is_nothing_to_learn_from_nothing_is_smoothed),
        cmocka_unit_test(what_no_slide_may_have_is_not_found),
        cmocka_unit_test(what_can_hardly_be_seen_teaches_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
