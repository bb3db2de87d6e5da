/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <string.h>

#include "image/plane.h"

enum { SIDE = 8, ROOM = 24, WIDTH = 10, HEIGHT = 11 };

static uint8_t samples[ROOM * ROOM];

static struct og_plane textured(void)
{
    struct og_plane plane = {samples, ROOM, ROOM, ROOM};
    og_plane_fill(&plane, 7);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            samples[y * ROOM + x] = (uint8_t)(13 * x + 3 * y);
    return plane;
}

static void padding_repeats_the_edge(void **state)
{
    (void)state;
    struct og_plane plane = textured();
    og_plane_pad(&plane, WIDTH, HEIGHT);
    for (int y = 0; y < ROOM; y++)
        for (int x = 0; x < ROOM; x++)
            assert_int_equal(samples[y * ROOM + x],
                             13 * (x < WIDTH ? x : WIDTH - 1) + 3 * (y < HEIGHT ? y : HEIGHT - 1));
}

static void padding_by_blocks_repeats_to_the_end_of_the_block_and_is_flat_behind(void **state)
{
    (void)state;
    struct og_plane plane = textured();
    og_plane_pad_blocks(&plane, WIDTH, HEIGHT, SIDE, OG_PAD_CONTINUED);
    for (int y = 0; y < 2 * SIDE; y++)
        for (int x = 0; x < 2 * SIDE; x++)
            assert_int_equal(samples[y * ROOM + x],
                             13 * (x < WIDTH ? x : WIDTH - 1) + 3 * (y < HEIGHT ? y : HEIGHT - 1));
    for (int by = 0; by < ROOM / SIDE; by++)
        for (int bx = 0; bx < ROOM / SIDE; bx++) {
            struct og_plane block = og_plane_part(plane, (struct og_rect){bx * SIDE, by * SIDE, SIDE, SIDE});
            assert_true(og_plane_is_flat(&block) == (bx == 2 || by == 2));
        }
    assert_int_equal(samples[2 * SIDE], 13 * (WIDTH - 1) + 11); /* the mean of 0, 3 … 21 is 10.5 */
    assert_int_equal(samples[SIDE * ROOM + 2 * SIDE], samples[2 * SIDE * ROOM]);
}

static void blocks_behind_can_have_a_value_of_their_own(void **state)
{
    enum { NOTHING = 128 };
    (void)state;
    struct og_plane plane = textured();
    og_plane_pad_blocks(&plane, WIDTH, HEIGHT, SIDE, NOTHING);
    for (int y = 0; y < ROOM; y++)
        for (int x = 0; x < ROOM; x++)
            assert_true(x < 2 * SIDE && y < 2 * SIDE ? samples[y * ROOM + x] == 13 * (x < WIDTH ? x : WIDTH - 1) +
                                                                                    3 * (y < HEIGHT ? y : HEIGHT - 1)
                                                     : samples[y * ROOM + x] == NOTHING);
}

static void a_copy_fills_the_upper_left_and_nothing_else(void **state)
{
    uint8_t copy[ROOM * ROOM] = {0};
    (void)state;
    struct og_plane part = og_plane_part(textured(), (struct og_rect){1, 2, WIDTH, HEIGHT});
    struct og_plane to = {copy, ROOM, ROOM, ROOM};
    og_plane_copy(&part, &to);
    for (int y = 0; y < ROOM; y++)
        for (int x = 0; x < ROOM; x++)
            assert_int_equal(copy[y * ROOM + x], x < WIDTH && y < HEIGHT ? samples[(y + 2) * ROOM + x + 1] : 0);
}

static void a_whole_plane_is_left_alone(void **state)
{
    uint8_t before[ROOM * ROOM];
    (void)state;
    struct og_plane plane = textured();
    memcpy(before, samples, sizeof before);
    og_plane_pad_blocks(&plane, ROOM, ROOM, SIDE, 0);
    assert_memory_equal(samples, before, sizeof before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_repeats_the_edge),
        cmocka_unit_test(padding_by_blocks_repeats_to_the_end_of_the_block_and_is_flat_behind),
        cmocka_unit_test(blocks_behind_can_have_a_value_of_their_own),
        cmocka_unit_test(a_copy_fills_the_upper_left_and_nothing_else),
        cmocka_unit_test(a_whole_plane_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
