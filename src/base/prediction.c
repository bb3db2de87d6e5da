/* SPDX-License-Identifier: MIT */
#include "base/prediction.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const struct og_taps og_taps_cubic = {{{0, -2, 17, 56, -7, 0}}, {{0, -2, 17, 56, -7, 0}}};
const struct og_smoothing og_smoothing_none = {{{OG_SMOOTHING_SUM}}};

static bool are_valid(const struct og_weights *weights)
{
    int sum = 0, positive = 0;
    for (int i = 0; i < OG_TAPS; i++) {
        sum += weights->of[i];
        positive += weights->of[i] > 0 ? weights->of[i] : 0;
    }
    return sum == OG_TAPS_SUM && positive <= OG_TAPS_POSITIVE_MAX;
}

bool og_smoothing_is_valid(const struct og_smoothing *smoothing)
{
    int size = 0;
    for (int v = 0; v <= OG_SMOOTHING_REACH; v++)
        for (int u = 0; u <= OG_SMOOTHING_REACH; u++)
            size += abs(smoothing->of[v][u]) * (v ? 2 : 1) * (u ? 2 : 1);
    return size <= OG_SMOOTHING_SIZE_MAX;
}

bool og_taps_are_valid(const struct og_taps *taps)
{
    return are_valid(&taps->down) && are_valid(&taps->along);
}

bool og_prediction_smooths(const struct og_prediction *prediction)
{
    const struct og_smoothing *smoothing = &prediction->tuning.smoothing;
    assert(prediction->predictor != OG_PREDICTOR_TAPS || og_smoothing_is_valid(smoothing));
    return prediction->predictor == OG_PREDICTOR_TAPS && memcmp(smoothing, &og_smoothing_none, sizeof *smoothing) != 0;
}
