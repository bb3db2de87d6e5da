/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TUNING_FIT_H
#define OG_TOOL_TUNING_FIT_H
/*
 * og_tuning_fit: what families tell of the weights that a slide is best rebuilt with.
 *
 * Threads: values. Ownership: borrow. Errors: none.
 */
#include "tool/smoothing_fit.h"
#include "tool/taps_fit.h"

struct og_tuning_fit {
    struct og_normal_equations taps[OG_PREDICTED], smoothing;
};

void og_tuning_fit_merge(struct og_tuning_fit *to, const struct og_tuning_fit *from);

/* Better weights than those that the sums were made with. */
struct og_tuning og_tuning_fit_solve(const struct og_tuning_fit *sums, const struct og_tuning *tuning);

#endif
