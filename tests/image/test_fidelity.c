/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "image/fidelity.h"
#include "support/cmocka_all.h"
#include "support/noise.h"

enum { W = 40, H = 24 };

static void squared_error_adds_up_every_sample(void **state)
{
    (void)state;
    uint8_t a[W * H] = {0}, b[W * H] = {0};
    b[0] = 3;
    b[W * H - 1] = 255;
    struct og_plane p = {a, W, W, H}, q = {b, W, W, H};

    assert_int_equal(og_squared_error(&p, &q), 9 + 255 * 255);
    assert_int_equal(og_squared_error(&p, &p), 0);
}

static void psnr_follows_its_definition(void **state)
{
    (void)state;
    assert_true(fabs(og_psnr(100, 100) - 48.1308) < 0.001);
    assert_true(og_psnr(0, 100) == 99.0);
    assert_true(og_psnr(255ull * 255 * 10, 10) == 0.0);
}

static void ssim_is_one_for_equal_planes_and_less_with_noise(void **state)
{
    (void)state;
    uint8_t a[W * H], b[W * H];
    uint32_t seed = 3;
    for (int i = 0; i < W * H; i++) {
        a[i] = (uint8_t)(80 + i % W);
        b[i] = (uint8_t)(a[i] + noise_byte(&seed) % 32 - 16);
    }
    struct og_plane p = {a, W, W, H}, q = {b, W, W, H};
    double same = 0, noisy = 0;

    uint64_t windows = og_ssim_sum(&p, &p, &same);
    og_ssim_sum(&p, &q, &noisy);

    assert_int_equal(windows, (W - 4) / 4 * ((H - 4) / 4));
    assert_true(fabs(same - (double)windows) < 1e-9);
    assert_true(noisy / (double)windows < 0.95);
}

static void planes_smaller_than_a_window_have_none(void **state)
{
    (void)state;
    uint8_t a[7 * 7] = {0};
    struct og_plane p = {a, 7, 7, 7};
    double sum = 0;

    assert_int_equal(og_ssim_sum(&p, &p, &sum), 0);
    assert_true(sum == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(squared_error_adds_up_every_sample),
        cmocka_unit_test(psnr_follows_its_definition),
        cmocka_unit_test(ssim_is_one_for_equal_planes_and_less_with_noise),
        cmocka_unit_test(planes_smaller_than_a_window_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
