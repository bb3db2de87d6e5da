/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdlib.h>
#include <string.h>

#include "tool/zorder.h"

static const struct og_extent grids[] = {{1, 1}, {2, 1}, {1, 7}, {3, 3}, {5, 2}, {8, 8}, {13, 6}, {1, 64}, {33, 17}};

enum { GRIDS = sizeof grids / sizeof grids[0] };

static void every_cell_of_a_grid_comes_exactly_once(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GRIDS; i++) {
        uint64_t cells = (uint64_t)grids[i].width * grids[i].height;
        uint8_t *seen = calloc(cells, 1);
        for (uint64_t index = 0; index < cells; index++) {
            struct og_cell cell = og_zorder_cell(grids[i], index);
            assert_true(cell.x < grids[i].width && cell.y < grids[i].height);
            assert_int_equal(seen[(uint64_t)cell.y * grids[i].width + cell.x]++, 0);
        }
        free(seen);
    }
}

static void a_full_square_is_walked_as_the_letter_z(void **state)
{
    static const struct og_cell expected[] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {3, 1}, {0, 2}};
    (void)state;
    for (unsigned i = 0; i < 9; i++) {
        struct og_cell cell = og_zorder_cell((struct og_extent){4, 4}, i);
        assert_int_equal(cell.x, expected[i].x);
        assert_int_equal(cell.y, expected[i].y);
    }
}

static void children_of_a_coarser_cell_come_together_and_the_last_one_is_known(void **state)
{
    (void)state;
    for (unsigned i = 0; i < GRIDS; i++) {
        uint64_t cells = (uint64_t)grids[i].width * grids[i].height;
        for (uint64_t index = 0; index < cells; index++) {
            struct og_cell cell = og_zorder_cell(grids[i], index);
            struct og_cell last = og_zorder_last_child(grids[i], cell.x / 2, cell.y / 2);
            if (cell.x == last.x && cell.y == last.y)
                continue;
            struct og_cell next = og_zorder_cell(grids[i], index + 1);
            assert_int_equal(next.x / 2, cell.x / 2);
            assert_int_equal(next.y / 2, cell.y / 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_a_grid_comes_exactly_once),
        cmocka_unit_test(a_full_square_is_walked_as_the_letter_z),
        cmocka_unit_test(children_of_a_coarser_cell_come_together_and_the_last_one_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
