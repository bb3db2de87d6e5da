/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "base/tile.h"
#include "tool/scores.h"

enum { W = 64, H = 40 };

struct fixture {
    struct og_scorer scorer;
    uint8_t rgb[H][W][3];                                /* of the source */
    uint8_t source[3][W * H], tile[3][OG_TILE_SIZE * H]; /* planes */
    struct og_tally_source from;
    struct og_plane to[3];
};

/* Source and tile of one grey, which is 150 in both. */
static struct fixture *grey(void)
{
    static struct fixture f;
    og_scorer_make(&f.scorer);
    memset(f.rgb, 150, sizeof f.rgb);
    for (unsigned i = 0; i < 3; i++) {
        memset(f.source[i], i == 0 ? 150 : 128, sizeof f.source[i]);
        memset(f.tile[i], i == 0 ? 150 : 128, sizeof f.tile[i]);
        f.from.planes[i] = (struct og_plane){f.source[i], W, W, H};
        f.to[i] = (struct og_plane){f.tile[i], OG_TILE_SIZE, OG_TILE_SIZE, H};
    }
    f.from.rgb = &f.rgb[0][0][0];
    f.from.rgb_stride = sizeof f.rgb[0];
    return &f;
}

static double between(const struct og_scorer *scorer, uint8_t one, uint8_t other)
{
    uint8_t a[3] = {one, one, one}, b[3] = {other, other, other};
    return og_delta_e2000(og_lab_of_srgb(&scorer->lab, a), og_lab_of_srgb(&scorer->lab, b));
}

static void a_tile_of_one_difference_has_that_difference(void **state)
{
    struct og_scores scores = {0};
    struct fixture *f = grey();
    (void)state;
    memset(f->rgb, 160, sizeof f->rgb);
    struct og_tile_score score = og_scores_tile(&scores, &f->scorer, 5, 6, &f->from, f->to, false);
    assert_true(fabs(score.delta_e - between(&f->scorer, 150, 160)) < 1e-9);
    assert_true(fabs(og_scores_delta_e(&scores) - score.delta_e) < 1e-9);
    assert_int_equal(scores.worst_delta_e.x, 5);
    assert_int_equal(scores.worst_delta_e.y, 6);
}

static void all_places_in_a_block_of_chroma_count_alike(void **state)
{
    (void)state;
    for (unsigned place = 0; place < 4; place++) {
        struct og_scores scores = {0};
        struct fixture *f = grey();
        for (unsigned y = place / 2; y < H; y += 2)
            for (unsigned x = place % 2; x < W; x += 2)
                memset(f->rgb[y][x], 160, 3);
        struct og_tile_score score = og_scores_tile(&scores, &f->scorer, 0, 0, &f->from, f->to, false);
        assert_true(fabs(score.delta_e - between(&f->scorer, 150, 160) / 4) < 1e-9);
    }
}

static void the_smallest_tile_has_a_colour_difference_and_no_ssim(void **state)
{
    struct og_scores scores = {0};
    struct fixture *f = grey();
    (void)state;
    f->rgb[0][0][0] = f->rgb[0][0][1] = f->rgb[0][0][2] = 160;
    for (unsigned i = 0; i < 3; i++)
        f->from.planes[i].width = f->from.planes[i].height = 1;
    struct og_tile_score score = og_scores_tile(&scores, &f->scorer, 0, 0, &f->from, f->to, false);
    assert_true(fabs(score.delta_e - between(&f->scorer, 150, 160)) < 1e-9);
    assert_true(score.ssim == OG_NO_SSIM);
}

static void merging_keeps_the_worst_of_both_and_every_tile(void **state)
{
    struct og_scores whole = {0}, first = {0}, second = {0};
    struct fixture *f = grey();
    (void)state;
    og_scores_tile(&first, &f->scorer, 1, 1, &f->from, f->to, false);
    memset(f->rgb, 153, sizeof f->rgb);
    memset(f->source[0], 153, sizeof f->source[0]);
    og_scores_tile(&second, &f->scorer, 2, 3, &f->from, f->to, false);
    og_scores_merge(&whole, &first);
    og_scores_merge(&whole, &second);
    assert_int_equal(whole.tiles, 2);
    assert_int_equal(whole.worst_delta_e.x, 2);
    assert_int_equal(whole.tally.worst_ssim_y, 3);
    assert_int_equal(whole.bins[OG_SCORE_BINS - 1], 1); /* no difference at all: 99 dB */
    assert_int_equal(whole.bins[38], 1);                /* 3 of 255: 38.6 dB */
    assert_true(fabs(og_scores_delta_e(&whole) - between(&f->scorer, 150, 153) / 2) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tile_of_one_difference_has_that_difference),
        cmocka_unit_test(all_places_in_a_block_of_chroma_count_alike),
        cmocka_unit_test(the_smallest_tile_has_a_colour_difference_and_no_ssim),
        cmocka_unit_test(merging_keeps_the_worst_of_both_and_every_tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
