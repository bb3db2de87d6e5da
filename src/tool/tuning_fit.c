/* SPDX-License-Identifier: MIT */
#include "tool/tuning_fit.h"

void og_tuning_fit_merge(struct og_tuning_fit *to, const struct og_tuning_fit *from)
{
    for (unsigned i = 0; i < OG_PREDICTED; i++)
        og_normal_equations_merge(&to->taps[i], &from->taps[i]);
    og_normal_equations_merge(&to->smoothing, &from->smoothing);
}

struct og_tuning og_tuning_fit_solve(const struct og_tuning_fit *sums, const struct og_tuning *tuning)
{
    struct og_tuning better = {.smoothing = og_smoothing_fit_solve(&sums->smoothing)};
    for (unsigned i = 0; i < OG_PREDICTED; i++)
        better.taps[i] = og_taps_fit_solve(&sums->taps[i], &tuning->taps[i]);
    return better;
}
