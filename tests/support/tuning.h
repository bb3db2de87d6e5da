/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_TUNING_H
#define OG_TESTS_TUNING_H
/*
 * Weights to rebuild with: such as slides have, different for everything that is predicted or smoothed, and at the
 * bounds of what is valid.
 *
 * Threads: constants. Ownership: none. Errors: none.
 */
#include "base/prediction.h"

#define TUNING_LIKE_A_SLIDES                                                                                           \
    {                                                                                                                  \
        {                                                                                                              \
            {{{1, -6, 18, 60, -11, 2}}, {{2, -5, 14, 64, -14, 3}}},                                                    \
            {{{0, -5, 21, 56, -7, -1}}, {{1, -4, 15, 61, -12, 3}}},                                                    \
            {{{-4, -4, 28, 41, 9, -6}}, {{-10, 7, 25, 35, 16, -9}}},                                                   \
        },                                                                                                             \
            {{{47, 8, -1}, {14, -2, -2}, {-3, -3, 2}}},                                                                \
    }

static const struct og_tuning tuning_like_a_slides = TUNING_LIKE_A_SLIDES;

/* The largest sums and the least ones, with few weights and with all; none but the own sample; an order that shows a
 * swap. */
static const struct og_taps taps_at_the_bounds[] = {
    {{{0, 0, 0, 127, -63, 0}}, {{-63, 0, 127, 0, 0, 0}}},
    {{{21, -21, 21, 85, -21, -21}}, {{-63, 64, 63, 0, 0, 0}}},
    {{{0, 0, 0, 64, 0, 0}}, {{10, 11, 9, 12, 15, 7}}},
};

static const struct og_smoothing smoothing_like_slides[] = {
    {{{47, 8, -1}, {14, -2, -2}, {-3, -3, 2}}},
    {{{53, 5, -2}, {5, -3, 0}, {-2, 0, 0}}},
    {{{35, -4, 1}, {-5, 9, 3}, {0, 3, -3}}},
};

/* The largest sums and the least ones, with few weights and with all, also where rows outdo them and columns take it
 * back; nothing at all; one place of nine alone. */
enum { FULL_SMOOTHINGS = 5 }; /* so many add up to OG_SMOOTHING_SIZE_MAX */
static const struct og_smoothing smoothing_at_the_bounds[] = {
    {{{15, 16, 14}, {12, 9, 8}, {18, 7, 6}}},     {{{-127, -10, -6}, {-12, -4, -5}, {-8, -3, -2}}},
    {{{43, -24, 12}, {-20, 8, -5}, {10, -4, 3}}}, {{{127, 0, 0}, {0, -32, 0}, {0, 0, 0}}},
    {{{1, 0, 127}, {0, 0, 0}, {0, 0, 0}}},        {{{-128, 0, 0}, {0, 0, 0}, {-63, 0, 0}}},
    {{{0, 0, 0}, {0, 0, 0}, {0, 0, 0}}},          {{{0, 0, 0}, {0, 0, 16}, {0, 0, 0}}},
};

static inline struct og_prediction prediction_like_a_slides(void)
{
    return (struct og_prediction){.predictor = OG_PREDICTOR_TAPS, .tuning = tuning_like_a_slides};
}

#endif
