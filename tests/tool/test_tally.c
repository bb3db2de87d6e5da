/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <string.h>

#include "base/tile.h"
#include "image/fidelity.h"
#include "tool/tally.h"

enum { W = 20, H = 12 };

struct fixture {
    uint8_t source[3][W * H], tile[3][OG_TILE_SIZE * OG_TILE_SIZE];
    struct og_tally_source from;
    struct og_plane to[3];
};

static struct fixture *grey(uint8_t source, uint8_t tile)
{
    static struct fixture f;
    for (unsigned i = 0; i < 3; i++) {
        memset(f.source[i], i == 0 ? source : 128, sizeof f.source[i]);
        memset(f.tile[i], i == 0 ? tile : 128, sizeof f.tile[i]);
        f.from.planes[i] = (struct og_plane){f.source[i], W, W, H};
        f.to[i] = (struct og_plane){f.tile[i], OG_TILE_SIZE, OG_TILE_SIZE, OG_TILE_SIZE};
    }
    f.from.rgb = NULL;
    return &f;
}

static void equal_tiles_have_no_error(void **state)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 90);
    (void)state;
    og_tally_tile(&tally, og_kernels_choose(), 3, 4, &f->from, f->to, true);
    struct og_fidelity fidelity = og_tally_fidelity(&tally);
    assert_int_equal(tally.samples, W * H);
    assert_true(fidelity.psnr_luma == 99.0 && fidelity.psnr_rgb == 99.0 && fidelity.worst_psnr_luma == 99.0);
    assert_true(fidelity.ssim > 0.9999);
}

/* Half of the samples at 90, half at 90 + step: a standard deviation of half the step. */
static struct og_tally halves(uint8_t step)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 92);
    for (int i = 0; i < W * H; i += 2)
        f->source[0][i] += step;
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
    return tally;
}

static void tiles_that_vary_are_tissue_and_even_ones_glass(void **state)
{
    (void)state;
    struct og_tally glass = halves(8), tissue = halves(10);
    assert_int_equal(glass.tissue_samples, 0);
    assert_true(og_tally_fidelity(&glass).psnr_tissue == 0);
    assert_int_equal(tissue.tissue_samples, W * H);
    assert_int_equal(tissue.tissue_error, tissue.luma_error);
    og_tally_merge(&glass, &tissue);
    assert_int_equal(glass.tissue_samples, W * H);
    assert_true(og_tally_fidelity(&glass).psnr_tissue < og_tally_fidelity(&glass).psnr_luma);
}

/* One has lost its texture, the other is brighter all over. */
static void the_worst_tile_by_ssim_need_not_be_the_one_by_psnr(void **state)
{
    struct og_tally tally = {0}, even = {0};
    (void)state;
    struct fixture *f = grey(90, 90);
    for (int i = 0; i < W * H; i++)
        f->source[0][i] = (uint8_t)(90 + 10 * (i % 2));
    og_tally_tile(&tally, og_kernels_choose(), 1, 1, &f->from, f->to, true);
    f = grey(90, 100);
    og_tally_tile(&even, og_kernels_choose(), 2, 3, &f->from, f->to, true);
    double worst = tally.worst_ssim;
    og_tally_merge(&tally, &even);
    assert_true(tally.worst_x == 2 && tally.worst_y == 3);
    assert_true(tally.worst_ssim_x == 1 && tally.worst_ssim_y == 1);
    assert_true(worst < 0.9 && tally.worst_ssim == worst && even.worst_ssim > worst);
    og_tally_merge(&even, &(struct og_tally){.samples = 1, .worst_samples = 1});
    assert_true(even.worst_ssim_x == 2);
}

static void only_the_pixels_inside_the_slide_count(void **state)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 90);
    (void)state;
    for (int y = 0; y < OG_TILE_SIZE; y++)
        memset(f->tile[0] + y * OG_TILE_SIZE + W, 255, OG_TILE_SIZE - W);
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
    assert_int_equal(tally.luma_error, 0);
    assert_int_equal(tally.rgb_error, 0);
}

static void a_grey_error_counts_once_in_luma_and_thrice_in_rgb(void **state)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 93);
    (void)state;
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
    assert_int_equal(tally.luma_error, 9 * W * H);
    assert_int_equal(tally.rgb_error, 3 * 9 * W * H);
}

static void an_error_of_one_chroma_plane_counts_half_in_chroma_and_not_in_luma(void **state)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 90);
    (void)state;
    memset(f->tile[1], 132, sizeof f->tile[1]);
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
    assert_int_equal(tally.luma_error, 0);
    assert_int_equal(tally.chroma_error, 16 * W * H);
    assert_true(og_tally_psnr_chroma(&tally) == og_psnr(8, 1));
}

/* Columns of 16 · i, half as many, become 16 · i -+ 4 but for the first and the last; so do rows. */
static uint8_t widened(int at, int size)
{
    int last = (size + 1) / 2 - 1, near = at / 2, far = near + (at % 2 ? 1 : -1);
    far = far < 0 ? 0 : far > last ? last : far;
    return (uint8_t)(4 * (3 * near + far));
}

static void halved_chroma_is_brought_to_size_by_a_triangle_within_the_slide(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        struct og_tally tally = {0};
        struct fixture *f = grey(90, 90);
        f->from.planes[0].width = f->from.planes[1].width = f->from.planes[2].width = W - 1;
        memset(f->tile[1], 255, sizeof f->tile[1]);
        for (int y = 0; y < H / 2; y++)
            for (int x = 0; x < W / 2; x++)
                f->tile[1][y * OG_TILE_SIZE + x] = (uint8_t)(16 * (down ? y : x));
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W - 1; x++)
                f->source[1][y * W + x] = down ? widened(y, H) : widened(x, W - 1);
        og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
        assert_int_equal(tally.chroma_error, 0);
    }
}

static void the_worst_tile_is_the_one_with_the_largest_mean_error(void **state)
{
    struct og_tally whole = {0}, first = {0}, second = {0};
    struct fixture *f = grey(90, 92);
    (void)state;
    og_tally_tile(&first, og_kernels_choose(), 1, 2, &f->from, f->to, true);
    f = grey(90, 95);
    og_tally_tile(&second, og_kernels_choose(), 7, 8, &f->from, f->to, true);
    og_tally_merge(&whole, &first);
    og_tally_merge(&whole, &second);
    assert_int_equal(whole.worst_x, 7);
    assert_int_equal(whole.worst_y, 8);
    assert_int_equal(whole.luma_error, (4 + 25) * W * H);
}

static void a_level_too_small_for_a_window_has_no_ssim(void **state)
{
    struct og_tally tally = {0};
    struct fixture *f = grey(90, 91);
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        f->from.planes[i].width = f->from.planes[i].height = 5;
    og_tally_tile(&tally, og_kernels_choose(), 0, 0, &f->from, f->to, true);
    assert_true(og_tally_fidelity(&tally).ssim == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_tiles_have_no_error),
        cmocka_unit_test(tiles_that_vary_are_tissue_and_even_ones_glass),
        cmocka_unit_test(the_worst_tile_by_ssim_need_not_be_the_one_by_psnr),
        cmocka_unit_test(only_the_pixels_inside_the_slide_count),
        cmocka_unit_test(a_grey_error_counts_once_in_luma_and_thrice_in_rgb),
        cmocka_unit_test(an_error_of_one_chroma_plane_counts_half_in_chroma_and_not_in_luma),
        cmocka_unit_test(halved_chroma_is_brought_to_size_by_a_triangle_within_the_slide),
        cmocka_unit_test(the_worst_tile_is_the_one_with_the_largest_mean_error),
        cmocka_unit_test(a_level_too_small_for_a_window_has_no_ssim),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
