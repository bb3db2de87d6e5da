/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_TAPS_H
#define OG_TESTS_TAPS_H
/*
 * Taps to predict with: such as slides have, different for everything that is predicted, and at the bounds of what is
 * valid.
 *
 * Threads: constants. Ownership: none. Errors: none.
 */
#include <string.h>

#include "base/prediction.h"

#define TAPS_LIKE_A_SLIDES                                                                                             \
    {                                                                                                                  \
        {{{1, -6, 18, 60, -11, 2}}, {{2, -5, 14, 64, -14, 3}}},                                                        \
            {{{0, -5, 21, 56, -7, -1}}, {{1, -4, 15, 61, -12, 3}}},                                                    \
            {{{-4, -4, 28, 41, 9, -6}}, {{-10, 7, 25, 35, 16, -9}}},                                                   \
    }

static const struct og_taps taps_like_a_slides[OG_PREDICTED] = TAPS_LIKE_A_SLIDES;

/* All positive sums, all negative ones, and the weights in an order that shows a swap. */
static const struct og_taps taps_at_the_bounds[] = {
    {{{0, 0, 0, 127, -63, 0}}, {{-63, 0, 127, 0, 0, 0}}},
    {{{21, -21, 21, 85, -21, -21}}, {{-128 + 65, 64, 63, 0, 0, 0}}},
    {{{0, 0, 0, 64, 0, 0}}, {{10, 11, 9, 12, 15, 7}}},
};

static inline struct og_prediction prediction_like_a_slides(void)
{
    struct og_prediction prediction = {.predictor = OG_PREDICTOR_TAPS};
    memcpy(prediction.taps, taps_like_a_slides, sizeof prediction.taps);
    return prediction;
}

#endif
