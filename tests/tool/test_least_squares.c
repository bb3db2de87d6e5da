/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "tool/least_squares.h"

enum { MOST = OG_LEAST_SQUARES_MOST };

/* What products of noisy columns add up to: positive definite, and far from diagonal. */
static void draw(unsigned count, uint32_t seed, double *slopes)
{
    int8_t column[MOST][4 * MOST];
    for (unsigned k = 0; k < count; k++)
        for (unsigned i = 0; i < 4 * MOST; i++)
            column[k][i] = (int8_t)((int)noise_byte(&seed) / 4 - 16);
    for (unsigned k = 0; k < count; k++)
        for (unsigned l = 0; l < count; l++) {
            slopes[k * count + l] = k == l;
            for (unsigned i = 0; i < 4 * MOST; i++)
                slopes[k * count + l] += column[k][i] * column[l][i];
        }
}

static void whole_solutions_are_found_as_they_are(void **state)
{
    (void)state;
    for (unsigned count = 1; count <= MOST; count++)
        for (uint32_t seed = 1; seed < 40; seed++) {
            double slopes[MOST * MOST], errors[MOST] = {0};
            int due[MOST], x[MOST];
            uint32_t noise = 100 + seed;
            draw(count, seed, slopes);
            for (unsigned k = 0; k < count; k++)
                due[k] = (int)(noise_next(&noise) % (2 * OG_LEAST_SQUARES_FURTHEST + 1)) - OG_LEAST_SQUARES_FURTHEST;
            for (unsigned k = 0; k < count; k++)
                for (unsigned l = 0; l < count; l++)
                    errors[k] += slopes[k * count + l] * due[l];

            og_least_squares(count, slopes, errors, x);

            for (unsigned k = 0; k < count; k++)
                assert_int_equal(x[k], due[k]);
        }
}

/* How much more squared error than the best that is no whole number, at `best`. */
static double excess(const double slopes[4], const double best[2], const int x[2])
{
    double a = x[0] - best[0], b = x[1] - best[1];
    return slopes[0] * a * a + 2 * slopes[1] * a * b + slopes[3] * b * b;
}

/* Two that do nearly the same: a little of both is one of either, not none. */
static void what_rounding_one_leaves_over_the_others_make_up_for(void **state)
{
    (void)state;
    static const double slopes[4] = {1, 0.9, 0.9, 1}, best[2] = {0.4, 0.4};
    static const int rounded[2] = {0, 0};
    double errors[2] = {0.4 + 0.9 * 0.4, 0.9 * 0.4 + 0.4};
    int x[2];

    og_least_squares(2, slopes, errors, x);

    assert_int_equal(x[0], 0);
    assert_int_equal(x[1], 1);
    assert_true(excess(slopes, best, x) < excess(slopes, best, rounded) / 5);
}

static void what_is_not_whole_goes_to_the_nearest(void **state)
{
    (void)state;
    static const double slopes[4] = {4, 0, 0, 4}, errors[2] = {4 * 7.6, 4 * -7.4};
    int x[2];
    og_least_squares(2, slopes, errors, x);
    assert_int_equal(x[0], 8);
    assert_int_equal(x[1], -7);
}

static void nothing_is_further_from_zero_than_the_bound_and_others_see_where_it_stopped(void **state)
{
    (void)state;
    static const double alone = 1, far[] = {513, 1e300, -513, -1e300};
    for (unsigned i = 0; i < 4; i++) {
        int x;
        og_least_squares(1, &alone, &far[i], &x);
        assert_int_equal(x, far[i] > 0 ? OG_LEAST_SQUARES_FURTHEST : -OG_LEAST_SQUARES_FURTHEST);
    }
    static const double slopes[4] = {2, 1, 1, 2}, errors[2] = {2 * 600, 600}; /* 600 and 0 */
    int x[2];
    og_least_squares(2, slopes, errors, x);
    assert_int_equal(x[0], 512);
    assert_int_equal(x[1], 44); /* half of the 88 that are missing */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_solutions_are_found_as_they_are),
        cmocka_unit_test(what_rounding_one_leaves_over_the_others_make_up_for),
        cmocka_unit_test(what_is_not_whole_goes_to_the_nearest),
        cmocka_unit_test(nothing_is_further_from_zero_than_the_bound_and_others_see_where_it_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
