/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"

static void the_transform_is_jfifs_rounded_to_nearest(void **state)
{
    const struct og_kernels *kernels = *state;
    for (int r = 0; r < 256; r += 15)
        for (int g = 0; g < 256; g += 5)
            for (int b = 0; b < 256; b += 17) {
                uint8_t rgb[3] = {(uint8_t)r, (uint8_t)g, (uint8_t)b}, y, cb, cr;

                kernels->rgb_to_ycc(rgb, 1, &y, &cb, &cr);

                assert_true(fabs(y - (0.299 * r + 0.587 * g + 0.114 * b)) < 0.51);
                assert_true(fabs(cb - (128 - 0.168735892 * r - 0.331264108 * g + 0.5 * b)) < 0.51);
                assert_true(fabs(cr - (128 + 0.5 * r - 0.418687589 * g - 0.081312411 * b)) < 0.51);
            }
}

static void greys_survive_both_ways_exactly(void **state)
{
    const struct og_kernels *kernels = *state;
    for (int v = 0; v < 256; v++) {
        uint8_t rgb[3] = {(uint8_t)v, (uint8_t)v, (uint8_t)v}, back[3], y, cb, cr;

        kernels->rgb_to_ycc(rgb, 1, &y, &cb, &cr);
        kernels->ycc_to_rgb(&y, &cb, &cr, 1, back);

        assert_memory_equal(rgb, back, 3);
    }
}

static void colours_come_back_within_the_rounding(void **state)
{
    const struct og_kernels *kernels = *state;
    for (int i = 0; i < 4096; i++) {
        uint8_t rgb[3] = {(uint8_t)(i % 16 * 17), (uint8_t)(i / 16 % 16 * 17), (uint8_t)(i / 256 * 17)}, back[3], y, cb,
                cr;

        kernels->rgb_to_ycc(rgb, 1, &y, &cb, &cr);
        kernels->ycc_to_rgb(&y, &cb, &cr, 1, back);

        for (int c = 0; c < 3; c++)
            assert_true(abs(rgb[c] - back[c]) <= 2);
    }
}

static int run_variant(const struct og_kernels *kernels)
{
    void *variant = (void *)kernels;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_transform_is_jfifs_rounded_to_nearest, variant),
        cmocka_unit_test_prestate(greys_survive_both_ways_exactly, variant),
        cmocka_unit_test_prestate(colours_come_back_within_the_rounding, variant),
    };
    printf("%s\n", kernels->name);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    int failed = 0;
    for (unsigned i = 0; og_kernels_variant(i); i++)
        failed += run_variant(og_kernels_variant(i));
    return failed;
}
