/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "image/family.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/tuning.h"

enum { T = OG_TILE_SIZE };

/* A family with its base and every second residual "decoded": any bytes will do for the arithmetic. */
static struct og_family *filled(void)
{
    struct og_family *family = og_family_new(false);
    uint32_t seed = 23;
    family->prediction = prediction_like_a_slides();
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < T * T; i++)
            family->base[c].data[i] = (uint8_t)(64 + (i % T) / 2 + noise_byte(&seed) % 32);
    for (int i = 0; i < 4 * T * T; i++)
        family->luma1.data[i] = (uint8_t)(120 + noise_byte(&seed) % 16);
    for (int i = 0; i < 16 * T * T; i++)
        family->luma0.data[i] = (uint8_t)(120 + noise_byte(&seed) % 16);
    return family;
}

static struct og_family *filled_with_chroma(void)
{
    struct og_family *family = filled();
    uint32_t seed = 29;
    family->prediction.corrects_chroma = true;
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < 4 * T * T; i++)
            family->chroma1[c].data[i] = (uint8_t)(112 + noise_byte(&seed) % 32);
    return family;
}

static bool has_residual(unsigned slot)
{
    return slot % 2 == 1;
}

static void rebuild_with(enum og_predictor predictor, struct og_family *family, unsigned slot)
{
    family->prediction.predictor = predictor;
    og_family_rebuild(family, og_kernels_choose(), slot, has_residual(slot));
}

static void rebuild(struct og_family *family, unsigned slot)
{
    rebuild_with(OG_PREDICTOR_TAPS, family, slot);
}

static void assert_same_luma(const struct og_family *a, const struct og_family *b, unsigned slot)
{
    struct og_plane p = og_family_luma(a, slot), q = og_family_luma(b, slot);
    for (int y = 0; y < T; y++)
        assert_memory_equal(p.data + y * p.stride, q.data + y * q.stride, T);
}

static void assert_same_chroma(const struct og_family *a, const struct og_family *b, unsigned slot)
{
    struct og_plane p[2], q[2];
    og_family_chroma(a, slot, p);
    og_family_chroma(b, slot, q);
    for (int c = 0; c < 2; c++)
        for (int y = 0; y < T / 2; y++)
            assert_memory_equal(p[c].data + y * p[c].stride, q[c].data + y * q[c].stride, T / 2);
}

static void slots_depend_on_their_closures_alone(enum og_predictor predictor, struct og_family *(*fill)(void))
{
    struct og_family *whole = fill();
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        rebuild_with(predictor, whole, slot);
    for (unsigned slot = OG_SLOT_L0; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_family *lonely = fill();

        for (unsigned l1 = OG_SLOT_L1; l1 < OG_SLOT_L0; l1++)
            if (og_slot_sources(slot) >> l1 & 1)
                rebuild_with(predictor, lonely, l1);
        rebuild_with(predictor, lonely, slot);

        assert_same_luma(whole, lonely, slot);
        assert_same_chroma(whole, lonely, slot);
        og_family_destroy(&lonely);
    }
    og_family_destroy(&whole);
}

static void a_slot_depends_on_its_closure_alone_whatever_the_predictor(void **state)
{
    (void)state;
    for (enum og_predictor predictor = 0; predictor < OG_PREDICTORS; predictor++)
        slots_depend_on_their_closures_alone(predictor, filled);
}

static void so_it_does_where_residuals_correct_chroma(void **state)
{
    (void)state;
    slots_depend_on_their_closures_alone(OG_PREDICTOR_TAPS, filled_with_chroma);
}

static int clamped(int v)
{
    return v < 0 ? 0 : v > 255 ? 255 : v;
}

/* The tile at x, y of a plane of residuals, as it is added: smoothed in a block of its own, where nothing of its
 * neighbours can be seen. */
static void smoothed_tile(const struct og_plane *residuals, int x, int y, const struct og_smoothing *smoothing,
                          uint8_t tile[T * T])
{
    for (int row = 0; row < T; row++)
        memcpy(tile + row * T, residuals->data + (y + row) * residuals->stride + x, T);
    og_kernels_scalar.smooth(smoothing, &(struct og_plane){tile, T, T, T});
}

/* `to` was made from `from` with the residuals of every second slot; slots lie in rows from `first` on. */
static void expect_prediction_and_residual(enum og_predictor predictor, enum og_predicted predicted,
                                           const struct og_plane *from, const struct og_plane *residuals,
                                           const struct og_plane *to, unsigned first)
{
    static uint8_t prediction[16 * T * T], tile[T * T];
    const struct og_smoothing *smoothing = predictor == OG_PREDICTOR_TAPS && predicted == OG_PREDICTED_L0
                                               ? &tuning_like_a_slides.smoothing
                                               : &og_smoothing_none;
    og_kernels_scalar.predict[predictor].upsample(&tuning_like_a_slides.taps[predicted], from,
                                                  (struct og_rect){0, 0, to->width / 2, to->height / 2}, prediction,
                                                  to->width);
    for (int y = 0; y < to->height; y += T)
        for (int x = 0; x < to->width; x += T) {
            if (has_residual(first + (unsigned)(y / T * (to->width / T) + x / T)))
                smoothed_tile(residuals, x, y, smoothing, tile);
            else
                memset(tile, 128, sizeof tile);
            for (int i = 0; i < T * T; i++) {
                int at = (y + i / T) * to->width + x + i % T;
                assert_int_equal(to->data[at], clamped(prediction[at] + tile[i] - 128));
            }
        }
}

static void luma_is_prediction_and_residual_and_only_that_of_l0_with_taps_is_smoothed(void **state)
{
    (void)state;
    for (enum og_predictor predictor = 0; predictor < OG_PREDICTORS; predictor++) {
        struct og_family *residual = filled(), *family = filled();
        for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
            rebuild_with(predictor, family, slot);
        expect_prediction_and_residual(predictor, OG_PREDICTED_L1, &family->base[0], &residual->luma1, &family->luma1,
                                       OG_SLOT_L1);
        expect_prediction_and_residual(predictor, OG_PREDICTED_L0, &family->luma1, &residual->luma0, &family->luma0,
                                       OG_SLOT_L0);
        og_family_destroy(&residual);
        og_family_destroy(&family);
    }
}

/* Residuals of which something is left at the tile's edges, and neighbours that would drown it. */
static void smoothing_does_not_reach_beyond_its_tile(void **state)
{
    (void)state;
    enum { SLOT = OG_SLOT_L0 + 5 };
    struct og_family *family = filled(), *calm = filled();
    for (unsigned slot = OG_SLOT_L1; slot < OG_SLOT_L0; slot++) {
        rebuild(family, slot);
        rebuild(calm, slot);
    }
    struct og_plane own = og_family_luma(calm, SLOT);
    for (int y = -2; y < T + 2; y++)
        for (int x = -2; x < T + 2; x++)
            if (y < 0 || y >= T || x < 0 || x >= T)
                own.data[y * own.stride + x] = 255;
    uint8_t above = own.data[-own.stride], left = own.data[-1];

    og_family_rebuild(family, og_kernels_choose(), SLOT, true);
    og_family_rebuild(calm, og_kernels_choose(), SLOT, true);

    assert_same_luma(family, calm, SLOT);
    assert_int_equal(own.data[-own.stride], above);
    assert_int_equal(own.data[-1], left);
    og_family_destroy(&calm);
    og_family_destroy(&family);
}

static void a_slide_without_smoothing_keeps_its_residuals_as_they_are(void **state)
{
    (void)state;
    struct og_family *residual = filled(), *family = filled();
    static uint8_t predicted[T * T];
    family->prediction.tuning.smoothing = og_smoothing_none;
    for (unsigned slot = OG_SLOT_L1; slot <= OG_SLOT_L0; slot++)
        rebuild(family, slot);
    og_family_rebuild(family, og_kernels_choose(), OG_SLOT_L0 + 1, true);
    og_kernels_scalar.predict[OG_PREDICTOR_TAPS].upsample(&tuning_like_a_slides.taps[OG_PREDICTED_L0], &family->luma1,
                                                          (struct og_rect){T / 2, 0, T / 2, T / 2}, predicted, T);
    struct og_plane before = og_family_luma(residual, OG_SLOT_L0 + 1), after = og_family_luma(family, OG_SLOT_L0 + 1);
    for (int y = 0; y < T; y++)
        for (int x = 0; x < T; x++)
            assert_int_equal(after.data[y * after.stride + x],
                             clamped(predicted[y * T + x] + before.data[y * before.stride + x] - 128));
    og_family_destroy(&residual);
    og_family_destroy(&family);
}

static void corrected_chroma_is_prediction_and_residual_and_l0_tiles_carry_it(void **state)
{
    (void)state;
    struct og_family *residual = filled_with_chroma(), *family = filled_with_chroma();
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        rebuild(family, slot);
    for (int c = 0; c < 2; c++)
        expect_prediction_and_residual(OG_PREDICTOR_TAPS, OG_PREDICTED_CHROMA, &family->base[1 + c],
                                       &residual->chroma1[c], &family->chroma1[c], OG_SLOT_L1);

    struct og_plane chroma[2];
    og_family_chroma(family, OG_SLOT_L0 + 7, chroma);
    assert_ptr_equal(chroma[1].data, family->chroma1[1].data + T / 2 * 2 * T + 3 * T / 2);
    og_family_chroma(family, OG_SLOT_L1 + 1, chroma);
    assert_ptr_equal(chroma[0].data, family->base[1].data + T / 2);
    og_family_destroy(&residual);
    og_family_destroy(&family);
}

/* Steps of 10 in every plane: 3 · 50 + 60 is 52.5 times 4, so that the three predictors differ. */
static struct og_family *stepped(enum og_predictor predictor, unsigned slot)
{
    struct og_family *family = og_family_new(false);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < T * T; i++)
            family->base[c].data[i] = i % 4 < 2 ? 50 : 60;
    for (int i = 0; i < 4 * T * T; i++)
        family->luma1.data[i] = i % 4 < 2 ? 150 : 190;
    family->prediction = prediction_like_a_slides();
    family->prediction.predictor = predictor;
    og_family_rebuild(family, og_kernels_choose(), slot, false);
    return family;
}

static void luma_is_predicted_as_asked_and_bilinear_chroma_rounds(void **state)
{
    (void)state;
    uint8_t expected[2 * T];
    for (enum og_predictor predictor = 0; predictor < OG_PREDICTORS; predictor++) {
        struct og_family *l1 = stepped(predictor, OG_SLOT_L1), *l0 = stepped(predictor, OG_SLOT_L0);
        enum og_predictor chroma = predictor == OG_PREDICTOR_TAPS ? predictor : OG_PREDICTOR_BILINEAR_ROUNDED;
        const struct og_taps *taps = tuning_like_a_slides.taps;

        og_kernels_scalar.predict[predictor].upsample(&taps[OG_PREDICTED_L1], &l1->base[0],
                                                      (struct og_rect){0, 0, T / 2, 1}, expected, T);
        assert_memory_equal(l1->luma1.data, expected, T);

        og_kernels_scalar.predict[predictor].upsample(&taps[OG_PREDICTED_L0], &l0->luma1,
                                                      (struct og_rect){0, 0, T / 2, 1}, expected, T);
        assert_memory_equal(l0->luma0.data, expected, T);

        og_kernels_scalar.predict[chroma].upsample(&taps[OG_PREDICTED_CHROMA], &l0->base[2],
                                                   (struct og_rect){0, 0, T / 4, 1}, expected, T / 2);
        assert_memory_equal(l0->chroma1[1].data, expected, T / 2);
        og_family_destroy(&l0);
        og_family_destroy(&l1);
    }
}

static void the_order_of_slots_does_not_matter(void **state)
{
    (void)state;
    struct og_family *up = filled(), *down = filled();
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        rebuild(up, slot);
    for (unsigned slot = OG_SLOT_L0 - 1; slot >= OG_SLOT_L1; slot--)
        rebuild(down, slot);
    for (unsigned slot = OG_FAMILY_SLOTS - 1; slot >= OG_SLOT_L0; slot--)
        rebuild(down, slot);

    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        assert_same_luma(up, down, slot);
    og_family_destroy(&up);
    og_family_destroy(&down);
}

static void tiles_of_the_family_are_parts_of_its_planes(void **state)
{
    (void)state;
    struct og_family *family = og_family_new(false);
    struct og_plane chroma[2];

    assert_ptr_equal(og_family_luma(family, OG_SLOT_L1 + 3).data, family->luma1.data + T * 2 * T + T);
    assert_ptr_equal(og_family_luma(family, OG_SLOT_L0 + 4 * 2 + 3).data, family->luma0.data + 2 * T * 4 * T + 3 * T);
    og_family_chroma(family, OG_SLOT_L1 + 1, chroma);
    assert_ptr_equal(chroma[0].data, family->base[1].data + T / 2);
    og_family_chroma(family, OG_SLOT_L0 + 4, chroma);
    assert_ptr_equal(chroma[1].data, family->chroma1[1].data + T / 2 * 2 * T);

    og_family_destroy(&family);
}

static void encoded_tiles_have_the_size_asked_for(void **state)
{
    (void)state;
    struct og_family *family = filled();
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_error err;
    static const int sizes[][2] = {{T, T}, {1, 1}, {1, T}, {17, 33}, {255, 8}, {16, 255}};
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        rebuild(family, slot);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot += 7) {
            struct og_span span;
            int width, height;

            assert_int_equal(og_family_encode(family, slot, encoder, 90, sizes[i][0], sizes[i][1], &span, &err), OG_OK);

            assert_int_equal(og_jpeg_size(span, &width, &height, &err), OG_OK);
            assert_int_equal(width, sizes[i][0]);
            assert_int_equal(height, sizes[i][1]);
        }
    og_jpeg_encoder_destroy(&encoder);
    og_family_destroy(&family);
}

static void fill_base(struct og_family *family, uint8_t y, uint8_t cb, uint8_t cr)
{
    og_plane_fill(&family->base[0], y);
    og_plane_fill(&family->base[1], cb);
    og_plane_fill(&family->base[2], cr);
}

static void glass_predicts_glass_and_a_speck_is_seen_as_far_as_it_reaches(void **state)
{
    (void)state;
    for (int predictor = 0; predictor < OG_PREDICTORS; predictor++) {
        struct og_family *family = og_family_new(false);
        uint8_t colour[3];
        family->prediction = prediction_like_a_slides();
        family->prediction.predictor = (enum og_predictor)predictor;
        fill_base(family, 243, 127, 129);
        family->base[0].data[(T / 2 - 1) * T + 20] = 40; /* the last row of the upper half */
        for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
            og_family_rebuild(family, og_kernels_choose(), slot, false);
        assert_false(og_family_is_flat(family, OG_SLOT_L1, colour));
        assert_false(og_family_is_flat(family, OG_SLOT_L1 + 2, colour)); /* below it */
        assert_true(og_family_is_flat(family, OG_SLOT_L1 + 1, colour));
        assert_int_equal(colour[0], 243);
        assert_int_equal(colour[1], 127);
        assert_int_equal(colour[2], 129);
        assert_true(og_family_is_flat(family, OG_SLOT_L0 + 3, colour));
        assert_false(og_family_is_flat(family, OG_SLOT_L0 + 4, colour));
        og_family_destroy(&family);
    }
}

/* The short way over a fill against the kernels themselves. */
static void flat_parts_come_out_as_the_kernels_would_make_them(void **state)
{
    (void)state;
    struct og_family *family = og_family_new(false);
    const struct og_kernels *kernels = og_kernels_choose();
    static uint8_t expected[T * T];
    fill_base(family, 200, 3, 255);
    og_plane_fill(&(struct og_plane){family->base[0].data, T, T / 2, T}, 17);
    family->prediction = prediction_like_a_slides();
    for (int predictor = 0; predictor < OG_PREDICTORS; predictor++)
        for (unsigned slot = OG_SLOT_L1; slot < OG_SLOT_L0; slot++) {
            struct og_place place = og_slot_place(slot);
            struct og_rect area = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
            family->prediction.predictor = (enum og_predictor)predictor;
            kernels->predict[predictor].upsample(&tuning_like_a_slides.taps[OG_PREDICTED_L1], &family->base[0], area,
                                                 expected, T);
            og_family_rebuild(family, kernels, slot, false);
            struct og_plane luma = og_family_luma(family, slot);
            for (int y = 0; y < T; y++)
                assert_memory_equal(luma.data + y * luma.stride, expected + y * T, T);
        }
    og_family_destroy(&family);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_depends_on_its_closure_alone_whatever_the_predictor),
        cmocka_unit_test(so_it_does_where_residuals_correct_chroma),
        cmocka_unit_test(luma_is_prediction_and_residual_and_only_that_of_l0_with_taps_is_smoothed),
        cmocka_unit_test(smoothing_does_not_reach_beyond_its_tile),
        cmocka_unit_test(a_slide_without_smoothing_keeps_its_residuals_as_they_are),
        cmocka_unit_test(corrected_chroma_is_prediction_and_residual_and_l0_tiles_carry_it),
        cmocka_unit_test(luma_is_predicted_as_asked_and_bilinear_chroma_rounds),
        cmocka_unit_test(the_order_of_slots_does_not_matter),
        cmocka_unit_test(tiles_of_the_family_are_parts_of_its_planes),
        cmocka_unit_test(encoded_tiles_have_the_size_asked_for),
        cmocka_unit_test(glass_predicts_glass_and_a_speck_is_seen_as_far_as_it_reaches),
        cmocka_unit_test(flat_parts_come_out_as_the_kernels_would_make_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
