/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TAPS_FIT_H
#define OG_TOOL_TAPS_FIT_H
/*
 * og_taps_fit: the taps that predict a slide best. Sums over places of the sample, of which one step of Gauss and
 * Newton finds the taps with the least squared error. What is predicted is a product of the two directions' weights, so
 * that a second step finds better ones still.
 *
 *     S = the 6 x 6 samples around a place, in the order of the weights d (down) and a (along); p = dᵀ S a / 64²
 *     slopes  = (S a)_k - (S a)_own and (Sᵀ d)_k - (Sᵀ d)_own, because the weights add up to 64
 *     due     = 64² due - dᵀ S a
 *
 * All four phases of a place that is looked at are added.
 *
 * Threads: values. Ownership: borrow. Errors: none.
 */
#include "base/prediction.h"
#include "image/plane.h"
#include "tool/normal_equations.h"

/* `due` is what the part `area` of `from` should have predicted with these taps; it may end before the area does. */
void og_taps_fit_add(struct og_normal_equations *sums, const struct og_taps *taps, const struct og_plane *from,
                     struct og_rect area, const struct og_plane *due);

/* What most slides are near to: where a fit begins, and what it stays with where there is little to see. */
extern const struct og_taps og_taps_usual;

/* The taps that one step leads to from those that the sums were made with; those, where it would leave what is valid.
 */
struct og_taps og_taps_fit_solve(const struct og_normal_equations *sums, const struct og_taps *taps);

#endif
