/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/tile.h"

enum { L1_SIDE = 2 * OG_TILE_SIZE };

static void slots_and_places_name_each_other(void **state)
{
    (void)state;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        assert_int_equal(og_place_slot(og_slot_place(slot)), slot);
}

static void places_are_in_raster_order_within_their_depth(void **state)
{
    (void)state;
    unsigned slot = 0;
    for (unsigned depth = 3; depth-- > 0;) {
        unsigned side = 4 >> depth;
        for (unsigned dy = 0; dy < side; dy++)
            for (unsigned dx = 0; dx < side; dx++, slot++) {
                struct og_place place = og_slot_place(slot);
                assert_int_equal(place.depth, depth);
                assert_int_equal(place.dx, dx);
                assert_int_equal(place.dy, dy);
            }
    }
    assert_int_equal(slot, OG_FAMILY_SLOTS);
}

static void masks_part_the_slots_by_depth(void **state)
{
    (void)state;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        unsigned depth = og_slot_place(slot).depth;
        assert_int_equal(OG_SLOTS_L1 >> slot & 1, depth == 1);
        assert_int_equal(OG_SLOTS_L0 >> slot & 1, depth == 0);
    }
    assert_int_equal(OG_SLOTS_L1 | OG_SLOTS_L0 | 1 << OG_SLOT_L2, (1 << OG_FAMILY_SLOTS) - 1);
}

/*
 * The definition in image/kernels.h: sample 2i of the upsampled luma1 reads s[i-2 … i+1], sample 2i+1 reads
 * s[i-1 … i+2], indices clamped to the 512 of the plane; then which L1 tile each of them lies in.
 */
static uint32_t halves_read_by(unsigned quarter)
{
    uint32_t halves = 0;
    for (int sample = (int)quarter * OG_TILE_SIZE; sample < ((int)quarter + 1) * OG_TILE_SIZE; sample++) {
        int i = sample / 2, first = sample % 2 ? i - 1 : i - 2;
        for (int tap = first; tap < first + 4; tap++) {
            int at = tap < 0 ? 0 : tap >= L1_SIDE ? L1_SIDE - 1 : tap;
            halves |= UINT32_C(1) << at / OG_TILE_SIZE;
        }
    }
    return halves;
}

static void sources_are_exactly_what_the_predictors_taps_reach(void **state)
{
    (void)state;
    for (unsigned slot = OG_SLOT_L0; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_place place = og_slot_place(slot);
        uint32_t columns = halves_read_by(place.dx), rows = halves_read_by(place.dy), expected = 0;
        for (unsigned dy = 0; dy < 2; dy++)
            for (unsigned dx = 0; dx < 2; dx++)
                if (columns >> dx & rows >> dy & 1)
                    expected |= UINT32_C(1) << og_place_slot((struct og_place){.depth = 1, .dx = dx, .dy = dy});

        assert_int_equal(og_slot_sources(slot), expected);
    }
}

static void only_corner_slots_have_a_single_source(void **state)
{
    (void)state;
    assert_int_equal(og_slot_sources(OG_SLOT_L0), 1 << 1);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 3), 1 << 2);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 12), 1 << 3);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 15), 1 << 4);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 1), 1 << 1 | 1 << 2);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 4), 1 << 1 | 1 << 3);
    assert_int_equal(og_slot_sources(OG_SLOT_L0 + 5), OG_SLOTS_L1);
}

static void coarser_slots_have_no_l1_sources(void **state)
{
    (void)state;
    for (unsigned slot = 0; slot < OG_SLOT_L0; slot++)
        assert_int_equal(og_slot_sources(slot), 0);
}

static void closures_hold_the_slot_its_sources_and_the_l2_tile(void **state)
{
    (void)state;
    assert_int_equal(og_slot_closure(OG_SLOT_L2), 1);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        uint32_t closure = og_slot_closure(slot);
        assert_true(closure >> slot & 1);
        assert_true(closure & 1);
        for (unsigned other = 0; other < OG_FAMILY_SLOTS; other++) /* closed: nothing outside is needed */
            if (closure >> other & 1)
                assert_int_equal(og_slot_closure(other) & ~closure, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_and_places_name_each_other),
        cmocka_unit_test(places_are_in_raster_order_within_their_depth),
        cmocka_unit_test(masks_part_the_slots_by_depth),
        cmocka_unit_test(sources_are_exactly_what_the_predictors_taps_reach),
        cmocka_unit_test(only_corner_slots_have_a_single_source),
        cmocka_unit_test(coarser_slots_have_no_l1_sources),
        cmocka_unit_test(closures_hold_the_slot_its_sources_and_the_l2_tile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
