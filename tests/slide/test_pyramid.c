/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "slide/pyramid.h"

static const uint32_t sides[] = {1, 2, 3, 255, 256, 257, 1023, 1024, 1025};
enum { SIDES = sizeof sides / sizeof sides[0] };

/* Calls `check` for all pairs of sides and for a whole slide, in the tilings that are about. */
static void for_each_pyramid(void (*check)(const struct og_pyramid *p))
{
    static const struct {
        uint32_t tile, overlap;
    } tilings[] = {{256, 0}, {256, 1}, {254, 1}, {16, 8}};
    for (size_t t = 0; t < sizeof tilings / sizeof tilings[0]; t++) {
        struct og_pyramid p;
        for (unsigned i = 0; i < SIDES * SIDES; i++) {
            assert_true(og_pyramid_make(sides[i / SIDES], sides[i % SIDES], tilings[t].tile, tilings[t].overlap, &p));
            check(&p);
        }
        assert_true(og_pyramid_make(100000, 80000, tilings[t].tile, tilings[t].overlap, &p));
        check(&p);
    }
}

/* ---- the brute-force model: halve, and walk along the pixels ---- */

static uint32_t model_side(uint32_t side, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        side = side / 2 + side % 2;
    return side;
}

static uint32_t model_tiles(uint32_t side, uint32_t tile)
{
    uint32_t tiles = 0;
    for (uint32_t pixel = 0; pixel < side; pixel += tile)
        tiles++;
    return tiles;
}

static uint32_t model_pixels(uint32_t side, uint32_t tile, uint32_t overlap, uint32_t index)
{
    uint32_t pixels = 0;
    int64_t start = (int64_t)index * tile - overlap, end = (int64_t)(index + 1) * tile + overlap;
    for (int64_t pixel = start; pixel < end; pixel++)
        pixels += pixel >= 0 && pixel < side;
    return pixels;
}

/* ---- levels, grids, tiles ---- */

static void check_top(const struct og_pyramid *p)
{
    uint32_t halvings = 0;
    for (uint32_t w = p->width, h = p->height; w > 1 || h > 1; halvings++) {
        w = model_side(w, 1);
        h = model_side(h, 1);
    }
    assert_int_equal(p->top, halvings);
}

static void top_is_the_number_of_halvings_to_one_pixel(void **state)
{
    (void)state;
    for_each_pyramid(check_top);
}

static void check_sizes(const struct og_pyramid *p)
{
    for (unsigned depth = 0; depth < 40; depth++) {
        struct og_extent size = og_pyramid_size(p, depth), grid = og_pyramid_grid(p, depth);
        assert_int_equal(size.width, model_side(p->width, depth));
        assert_int_equal(size.height, model_side(p->height, depth));
        assert_int_equal(grid.width, model_tiles(size.width, p->tile));
        assert_int_equal(grid.height, model_tiles(size.height, p->tile));
    }
}

static void levels_halve_upwards_and_grids_cover_them(void **state)
{
    (void)state;
    for_each_pyramid(check_sizes);
}

static void check_tiles(const struct og_pyramid *p)
{
    for (unsigned depth = 0; depth <= p->top + 2; depth++) {
        struct og_extent size = og_pyramid_size(p, depth), grid = og_pyramid_grid(p, depth);
        uint32_t last_height = model_pixels(size.height, p->tile, p->overlap, grid.height - 1);
        for (uint32_t x = 0; x < grid.width; x++) {
            struct og_extent tile = og_pyramid_tile(p, depth, x, grid.height - 1);
            assert_int_equal(tile.width, model_pixels(size.width, p->tile, p->overlap, x));
            assert_int_equal(tile.height, last_height);
        }
        for (uint32_t y = 0; y < grid.height; y++)
            assert_int_equal(og_pyramid_tile(p, depth, 0, y).height, model_pixels(size.height, p->tile, p->overlap, y));
    }
}

static void tiles_are_cropped_at_the_edges_and_overlap_inside(void **state)
{
    (void)state;
    for_each_pyramid(check_tiles);
}

static void a_depth_that_a_small_slide_has_no_level_for_is_the_coarsest(void **state)
{
    struct og_pyramid p;
    (void)state;
    assert_true(og_pyramid_make(2, 1, 256, 0, &p));
    assert_int_equal(og_pyramid_level(&p, 0), 1);
    assert_int_equal(og_pyramid_level(&p, 1), 0);
    assert_int_equal(og_pyramid_level(&p, 2), 0);
    assert_true(og_pyramid_make(1000, 1000, 256, 0, &p));
    assert_int_equal(og_pyramid_level(&p, 2), 8);
}

static void check_has(const struct og_pyramid *p)
{
    for (uint32_t level = 0; level <= p->top; level++) {
        struct og_extent grid = og_pyramid_grid(p, p->top - level);
        assert_true(og_pyramid_has(p, level, 0, 0));
        assert_true(og_pyramid_has(p, level, grid.width - 1, grid.height - 1));
        assert_false(og_pyramid_has(p, level, grid.width, 0));
        assert_false(og_pyramid_has(p, level, 0, grid.height));
        assert_false(og_pyramid_has(p, level, UINT32_MAX, UINT32_MAX));
    }
    assert_false(og_pyramid_has(p, p->top + 1, 0, 0));
    assert_false(og_pyramid_has(p, UINT32_MAX, 0, 0));
}

static void every_tile_has_its_number(void **state)
{
    struct og_pyramid p;
    uint64_t index = 0;
    (void)state;
    assert_true(og_pyramid_make(2600, 1300, 256, 0, &p));
    for (unsigned depth = 1; depth <= og_pyramid_last_depth(&p); depth++) {
        struct og_extent grid = og_pyramid_grid(&p, depth);
        assert_int_equal(og_pyramid_tiles(&p, depth), grid.width * grid.height);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++, index++) {
                struct og_pyramid_place place = og_pyramid_nth(&p, 1, index);
                assert_int_equal(place.depth, depth);
                assert_int_equal(place.x, x);
                assert_int_equal(place.y, y);
            }
    }
}

static void tiles_outside_the_grid_do_not_exist(void **state)
{
    (void)state;
    for_each_pyramid(check_has);
}

static void level_zero_is_one_pixel(void **state)
{
    (void)state;
    struct og_pyramid p;
    assert_true(og_pyramid_make(100000, 80000, 256, 0, &p));

    struct og_extent size = og_pyramid_size(&p, p.top);

    assert_int_equal(p.top, 17);
    assert_int_equal(size.width, 1);
    assert_int_equal(size.height, 1);
}

/* ---- families ---- */

static void check_families(const struct og_pyramid *p)
{
    struct og_extent families = og_pyramid_grid(p, 2);
    uint32_t *expected = calloc((size_t)families.width * families.height, sizeof *expected);
    assert_non_null(expected);
    for (unsigned depth = 0; depth <= 2; depth++) {
        uint32_t side = 4 >> depth, columns = model_tiles(model_side(p->width, depth), p->tile),
                 rows = model_tiles(model_side(p->height, depth), p->tile);
        for (uint32_t y = 0; y < rows; y++)
            for (uint32_t x = 0; x < columns; x++) {
                struct og_place place = {.depth = depth, .dx = x % side, .dy = y % side};
                assert_true(x / side < families.width && y / side < families.height);
                unsigned slot = og_place_slot(place);
                expected[(size_t)(y / side) * families.width + x / side] |= UINT32_C(1) << slot;
                struct og_pyramid_place back = og_pyramid_of_slot(x / side, y / side, slot);
                assert_true(back.depth == depth && back.x == x && back.y == y);
            }
    }
    for (uint32_t fy = 0; fy < families.height; fy++)
        for (uint32_t fx = 0; fx < families.width; fx++)
            assert_int_equal(og_pyramid_slots(p, fx, fy), expected[(size_t)fy * families.width + fx]);
    assert_int_equal(og_pyramid_slots(p, families.width, 0), 0);
    assert_int_equal(og_pyramid_slots(p, 0, families.height), 0);
    assert_int_equal(og_pyramid_slots(p, UINT32_MAX, UINT32_MAX), 0);
    free(expected);
}

static void every_tile_of_the_three_finest_depths_is_a_slot_of_one_family(void **state)
{
    (void)state;
    struct og_pyramid p;
    for (unsigned i = 0; i < SIDES * SIDES; i++) {
        assert_true(og_pyramid_make(sides[i / SIDES], sides[i % SIDES], OG_TILE_SIZE, 0, &p));
        check_families(&p);
    }
    assert_true(og_pyramid_make(100000, 80000, OG_TILE_SIZE, 0, &p));
    check_families(&p);
}

static void one_pixel_is_a_family_of_three_slots(void **state)
{
    (void)state;
    struct og_pyramid p;
    assert_true(og_pyramid_make(1, 1, OG_TILE_SIZE, 0, &p));

    assert_int_equal(og_pyramid_slots(&p, 0, 0), 1 << OG_SLOT_L2 | 1 << OG_SLOT_L1 | 1 << OG_SLOT_L0);
}

static void check_last_depth(const struct og_pyramid *p)
{
    unsigned last = og_pyramid_last_depth(p);
    struct og_extent size = og_pyramid_size(p, last);
    assert_true(last >= 2);
    assert_true(size.width <= p->tile && size.height <= p->tile);
    if (last > 2) {
        struct og_extent finer = og_pyramid_size(p, last - 1);
        assert_true(finer.width > p->tile || finer.height > p->tile);
    }
}

static void the_last_stored_depth_is_the_first_that_fits_one_tile(void **state)
{
    (void)state;
    for_each_pyramid(check_last_depth);
}

/* ---- judgement ---- */

static void impossible_pyramids_are_refused_and_leave_out_untouched(void **state)
{
    (void)state;
    static const uint32_t bad[][4] = {
        {0, 1, 256, 0},
        {1, 0, 256, 0},
        {OG_PYRAMID_SIDE_MAX + 1, 1, 256, 0},
        {1, OG_PYRAMID_SIDE_MAX + 1, 256, 0},
        {UINT32_MAX, UINT32_MAX, 256, 0},
        {1, 1, 0, 0},
        {1, 1, 15, 0},
        {1, 1, 4097, 0},
        {1, 1, UINT32_MAX, 0},
        {1, 1, 256, 129},
        {1, 1, 256, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct og_pyramid p = {.width = 7};
        assert_false(og_pyramid_make(bad[i][0], bad[i][1], bad[i][2], bad[i][3], &p));
        assert_int_equal(p.width, 7);
    }
}

static void the_largest_pyramid_is_counted_without_overflow(void **state)
{
    (void)state;
    struct og_pyramid p;
    assert_true(og_pyramid_make(OG_PYRAMID_SIDE_MAX, OG_PYRAMID_SIDE_MAX, 16, 8, &p));

    struct og_extent grid = og_pyramid_grid(&p, 0), tile = og_pyramid_tile(&p, 0, grid.width - 1, 0);

    assert_int_equal(p.top, 26);
    assert_int_equal(grid.width, OG_PYRAMID_SIDE_MAX / 16);
    assert_int_equal(tile.width, 24);
    assert_int_equal(tile.height, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top_is_the_number_of_halvings_to_one_pixel),
        cmocka_unit_test(levels_halve_upwards_and_grids_cover_them),
        cmocka_unit_test(tiles_are_cropped_at_the_edges_and_overlap_inside),
        cmocka_unit_test(every_tile_has_its_number),
        cmocka_unit_test(a_depth_that_a_small_slide_has_no_level_for_is_the_coarsest),
        cmocka_unit_test(tiles_outside_the_grid_do_not_exist),
        cmocka_unit_test(level_zero_is_one_pixel),
        cmocka_unit_test(every_tile_of_the_three_finest_depths_is_a_slot_of_one_family),
        cmocka_unit_test(one_pixel_is_a_family_of_three_slots),
        cmocka_unit_test(the_last_stored_depth_is_the_first_that_fits_one_tile),
        cmocka_unit_test(impossible_pyramids_are_refused_and_leave_out_untouched),
        cmocka_unit_test(the_largest_pyramid_is_counted_without_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
