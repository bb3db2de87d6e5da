/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SMOOTHING_FIT_H
#define OG_TOOL_SMOOTHING_FIT_H
/*
 * og_smoothing_fit: the weights that bring a slide's residuals nearest to what they were coded from. Sums over places
 * of the sample, and the least squared error:
 *
 *     f      = for each weight, the sum of the decoded residual's samples that it weighs, less 128
 *     d      = 64 (residual before it was coded - 128)
 *     sums  += f_j f_k, f_k d, d²
 *
 * Whole numbers, so that families may be added up in any order. One place in 49 is looked at, each row's turned by 18
 * from those above.
 *
 * Threads: values. Ownership: borrow. Errors: none.
 */
#include "base/prediction.h"
#include "image/plane.h"

enum { OG_SMOOTHING_WEIGHTS = (OG_SMOOTHING_REACH + 1) * (OG_SMOOTHING_REACH + 1) };

struct og_smoothing_fit {
    int64_t slopes[OG_SMOOTHING_WEIGHTS][OG_SMOOTHING_WEIGHTS], errors[OG_SMOOTHING_WEIGHTS], squares, samples;
};

/* `decoded` is a whole tile, `due` what it was coded from, of which the part inside the slide counts. */
void og_smoothing_fit_add(struct og_smoothing_fit *sums, const struct og_plane *decoded, const struct og_plane *due);
void og_smoothing_fit_merge(struct og_smoothing_fit *to, const struct og_smoothing_fit *from);

/* og_smoothing_none where what was found is not valid, or takes less than a hundredth of the squared error away: a
 * server has the work with every tile. */
struct og_smoothing og_smoothing_fit_solve(const struct og_smoothing_fit *sums);

#endif
