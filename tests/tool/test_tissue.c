/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "tool/tissue.h"

enum { W = 700, H = 500 };

static uint8_t *render(const struct og_tissue *t, uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    uint8_t *rgb = malloc((size_t)width * height * 3);
    og_tissue_render(t, x, y, width, height, rgb, (ptrdiff_t)width * 3);
    return rgb;
}

static bool same_part(const uint8_t *whole, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                      const uint8_t *part)
{
    for (uint32_t row = 0; row < height; row++)
        if (memcmp(whole + ((size_t)(y + row) * W + x) * 3, part + (size_t)row * width * 3, (size_t)width * 3) != 0)
            return false;
    return true;
}

static void any_rectangle_has_the_pixels_of_the_whole(void **state)
{
    static const uint32_t parts[][4] = {{0, 0, 1, 1},     {127, 127, 2, 2},     {128, 128, 128, 128},
                                        {1, 2, 300, 3},   {333, 111, 77, 200},  {W - 1, H - 1, 1, 1},
                                        {0, 250, W, 250}, {450, 0, W - 450, H}, {255, 255, 258, 1}};
    struct og_tissue t;
    (void)state;
    og_tissue_make(W, H, 5, 20, &t);
    uint8_t *whole = render(&t, 0, 0, W, H);
    for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const uint32_t *p = parts[i];
        uint8_t *part = render(&t, p[0], p[1], p[2], p[3]);
        assert_true(same_part(whole, p[0], p[1], p[2], p[3], part));
        free(part);
    }
    free(whole);
}

static void equal_parameters_give_equal_pixels_and_another_seed_gives_others(void **state)
{
    struct og_tissue a, b, c;
    (void)state;
    og_tissue_make(W, H, 5, 0, &a);
    og_tissue_make(W, H, 5, 0, &b);
    og_tissue_make(W, H, 6, 0, &c);
    uint8_t *first = render(&a, 100, 100, 200, 200), *second = render(&b, 100, 100, 200, 200);
    uint8_t *third = render(&c, 100, 100, 200, 200);
    assert_memory_equal(first, second, 200 * 200 * 3);
    assert_memory_not_equal(first, third, 200 * 200 * 3);
    free(first);
    free(second);
    free(third);
}

/* Green tells tissue from glass: both stains take it away. */
static double share_of_glass(uint32_t width, uint32_t height, unsigned glass)
{
    struct og_tissue t;
    og_tissue_make(width, height, 1, glass, &t);
    uint64_t bright = 0, seen = 0;
    uint8_t rgb[3];
    for (uint32_t y = 3; y < height; y += height / 24)
        for (uint32_t x = 3; x < width; x += width / 24, seen++) {
            og_tissue_render(&t, x, y, 1, 1, rgb, 3);
            bright += rgb[1] > 232;
        }
    return 100.0 * (double)bright / (double)seen;
}

static void glass_takes_the_share_that_was_asked_for(void **state)
{
    (void)state;
    assert_true(share_of_glass(8000, 6000, 0) < 15); /* lumina and clefts are bright too */
    double half = share_of_glass(8000, 6000, 50);
    assert_true(half > 45 && half < 65);
    assert_true(share_of_glass(8000, 6000, 100) == 100);
}

static void the_smallest_and_the_longest_pictures_exist(void **state)
{
    struct og_tissue t;
    (void)state;
    og_tissue_make(1, 1, 1, 40, &t);
    free(render(&t, 0, 0, 1, 1));
    og_tissue_make(1, UINT32_C(1) << 26, 1, 40, &t);
    free(render(&t, 0, (UINT32_C(1) << 26) - 70, 1, 70));
    og_tissue_make(UINT32_C(1) << 26, UINT32_C(1) << 26, 1, 0, &t);
    free(render(&t, (UINT32_C(1) << 26) - 9, (UINT32_C(1) << 26) - 9, 9, 9));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_rectangle_has_the_pixels_of_the_whole),
        cmocka_unit_test(equal_parameters_give_equal_pixels_and_another_seed_gives_others),
        cmocka_unit_test(glass_takes_the_share_that_was_asked_for),
        cmocka_unit_test(the_smallest_and_the_longest_pictures_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
