/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SMOOTHING_FIT_H
#define OG_TOOL_SMOOTHING_FIT_H
/*
 * og_smoothing_fit: the weights that bring a slide's residuals nearest to what they were coded from. Sums over places
 * of the sample, and the least squared error:
 *
 *     slopes = for each weight, the sum of the decoded residual's samples that it weighs, less 128
 *     due    = 64 (residual before it was coded - 128)
 *
 * Threads: values. Ownership: borrow. Errors: none.
 */
#include "base/prediction.h"
#include "image/plane.h"
#include "tool/normal_equations.h"

enum { OG_SMOOTHING_WEIGHTS = (OG_SMOOTHING_REACH + 1) * (OG_SMOOTHING_REACH + 1) };

/* `decoded` is a whole tile, `due` what it was coded from, of which the part inside the slide counts. */
void og_smoothing_fit_add(struct og_normal_equations *sums, const struct og_plane *decoded, const struct og_plane *due);

/* og_smoothing_none where what was found is not valid, or takes less than a hundredth of the squared error away: a
 * server has the work with every tile. */
struct og_smoothing og_smoothing_fit_solve(const struct og_normal_equations *sums);

#endif
