/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "image/colour_difference.h"
#include "support/cmocka_all.h"

struct pair {
    struct og_lab one, other;
    double difference;
};

/* Table 1 of the paper, whole: hues on either side of 0 and of 180 degrees, grey, blue, and pairs from measurements. */
static const struct pair pairs[] = {
    {{50.0000, 2.6772, -79.7751}, {50.0000, 0.0000, -82.7485}, 2.0425},
    {{50.0000, 3.1571, -77.2803}, {50.0000, 0.0000, -82.7485}, 2.8615},
    {{50.0000, 2.8361, -74.0200}, {50.0000, 0.0000, -82.7485}, 3.4412},
    {{50.0000, -1.3802, -84.2814}, {50.0000, 0.0000, -82.7485}, 1.0000},
    {{50.0000, -1.1848, -84.8006}, {50.0000, 0.0000, -82.7485}, 1.0000},
    {{50.0000, -0.9009, -85.5211}, {50.0000, 0.0000, -82.7485}, 1.0000},
    {{50.0000, 0.0000, 0.0000}, {50.0000, -1.0000, 2.0000}, 2.3669},
    {{50.0000, -1.0000, 2.0000}, {50.0000, 0.0000, 0.0000}, 2.3669},
    {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0009}, 7.1792},
    {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0010}, 7.1792},
    {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0011}, 7.2195},
    {{50.0000, 2.4900, -0.0010}, {50.0000, -2.4900, 0.0012}, 7.2195},
    {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0009, -2.4900}, 4.8045},
    {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0010, -2.4900}, 4.8045},
    {{50.0000, -0.0010, 2.4900}, {50.0000, 0.0011, -2.4900}, 4.7461},
    {{50.0000, 2.5000, 0.0000}, {50.0000, 0.0000, -2.5000}, 4.3065},
    {{50.0000, 2.5000, 0.0000}, {73.0000, 25.0000, -18.0000}, 27.1492},
    {{50.0000, 2.5000, 0.0000}, {61.0000, -5.0000, 29.0000}, 22.8977},
    {{50.0000, 2.5000, 0.0000}, {56.0000, -27.0000, -3.0000}, 31.9030},
    {{50.0000, 2.5000, 0.0000}, {58.0000, 24.0000, 15.0000}, 19.4535},
    {{50.0000, 2.5000, 0.0000}, {50.0000, 3.1736, 0.5854}, 1.0000},
    {{50.0000, 2.5000, 0.0000}, {50.0000, 3.2972, 0.0000}, 1.0000},
    {{50.0000, 2.5000, 0.0000}, {50.0000, 1.8634, 0.5757}, 1.0000},
    {{50.0000, 2.5000, 0.0000}, {50.0000, 3.2592, 0.3350}, 1.0000},
    {{60.2574, -34.0099, 36.2677}, {60.4626, -34.1751, 39.4387}, 1.2644},
    {{63.0109, -31.0961, -5.8663}, {62.8187, -29.7946, -4.0864}, 1.2630},
    {{61.2901, 3.7196, -5.3901}, {61.4292, 2.2480, -4.9620}, 1.8731},
    {{35.0831, -44.1164, 3.7933}, {35.0232, -40.0716, 1.5901}, 1.8645},
    {{22.7233, 20.0904, -46.6940}, {23.0331, 14.9730, -42.5619}, 2.0373},
    {{36.4612, 47.8580, 18.3852}, {36.2715, 50.5065, 21.2231}, 1.4146},
    {{90.8027, -2.0831, 1.4410}, {91.1528, -1.6435, 0.0447}, 1.4441},
    {{90.9257, -0.5406, -0.9208}, {88.6381, -0.8985, -0.7239}, 1.5381},
    {{6.7747, -0.2908, -2.4247}, {5.8714, -0.0985, -2.2286}, 0.6377},
    {{2.0776, 0.0795, -1.1350}, {0.9033, -0.0636, -0.5514}, 0.9082},
};

enum { PAIRS = sizeof pairs / sizeof pairs[0] };

static void the_published_pairs_are_as_far_apart_as_published(void **state)
{
    (void)state;
    assert_int_equal(PAIRS, 34);
    for (unsigned i = 0; i < PAIRS; i++) {
        double found = og_delta_e2000(pairs[i].one, pairs[i].other);
        if (!(fabs(found - pairs[i].difference) < 0.00005001))
            fail_msg("pair %u: %.6f instead of %.4f", i + 1, found, pairs[i].difference);
    }
}

static void it_is_as_far_there_as_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++)
        assert_true(fabs(og_delta_e2000(pairs[i].one, pairs[i].other) - og_delta_e2000(pairs[i].other, pairs[i].one)) <
                    1e-9);
}

static void a_colour_is_nowhere_from_itself(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PAIRS; i++)
        assert_true(og_delta_e2000(pairs[i].one, pairs[i].one) == 0);
}

static void expect_lab(const uint8_t rgb[3], double l, double a, double b)
{
    static struct og_lab_scale scale;
    og_lab_scale_make(&scale);
    struct og_lab lab = og_lab_of_srgb(&scale, rgb);
    if (!(fabs(lab.l - l) < 0.01 && fabs(lab.a - a) < 0.01 && fabs(lab.b - b) < 0.01))
        fail_msg("%d %d %d: %.4f %.4f %.4f", rgb[0], rgb[1], rgb[2], lab.l, lab.a, lab.b);
}

static void the_corners_of_srgb_lie_where_the_standard_puts_them(void **state)
{
    (void)state;
    expect_lab((const uint8_t[]){255, 255, 255}, 100, 0, 0);
    expect_lab((const uint8_t[]){0, 0, 0}, 0, 0, 0);
    expect_lab((const uint8_t[]){255, 0, 0}, 53.2408, 80.0925, 67.2032);
    expect_lab((const uint8_t[]){0, 255, 0}, 87.7347, -86.1827, 83.1793);
    expect_lab((const uint8_t[]){0, 0, 255}, 32.2970, 79.1875, -107.8602);
}

static double exact_root(double t)
{
    return t > 216.0 / 24389.0 ? cbrt(t) : (24389.0 / 27.0 * t + 16.0) / 116.0;
}

static struct og_lab exact_lab(const struct og_lab_scale *scale, const uint8_t rgb[3])
{
    double r = scale->linear[rgb[0]], g = scale->linear[rgb[1]], b = scale->linear[rgb[2]];
    double x = exact_root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = exact_root(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = exact_root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);
    return (struct og_lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

static void the_table_of_roots_costs_less_than_it_says(void **state)
{
    static struct og_lab_scale scale;
    (void)state;
    og_lab_scale_make(&scale);
    for (unsigned i = 0; i < 52 * 52 * 52; i++) {
        uint8_t rgb[3] = {(uint8_t)(i % 52 * 5), (uint8_t)(i / 52 % 52 * 5), (uint8_t)(i / 52 / 52 * 5)};
        struct og_lab found = og_lab_of_srgb(&scale, rgb), exact = exact_lab(&scale, rgb);
        assert_true(fabs(found.l - exact.l) < 0.002 && fabs(found.a - exact.a) < 0.002 &&
                    fabs(found.b - exact.b) < 0.002);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_pairs_are_as_far_apart_as_published),
        cmocka_unit_test(it_is_as_far_there_as_back),
        cmocka_unit_test(a_colour_is_nowhere_from_itself),
        cmocka_unit_test(the_corners_of_srgb_lie_where_the_standard_puts_them),
        cmocka_unit_test(the_table_of_roots_costs_less_than_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
