/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_NORMAL_EQUATIONS_H
#define OG_TOOL_NORMAL_EQUATIONS_H
/*
 * og_normal_equations: what places of a picture tell of the weights that fit it with the least squared error. With f
 * the slopes of what the weights make of a place and d what they should make of it:
 *
 *     sums += f_j f_k, f_k d, d²
 *
 * Whole numbers, so that places and families may be added up in any order. One place in 49 is looked at, each row's
 * turned by 18 from those above: no pattern in a picture meets them always at the same part of it.
 *
 * Threads: values. Ownership: borrow. Errors: none.
 */
#include <stdint.h>

#include "tool/least_squares.h"

struct og_normal_equations {
    int64_t slopes[OG_LEAST_SQUARES_MOST][OG_LEAST_SQUARES_MOST], errors[OG_LEAST_SQUARES_MOST], squares, samples;
};

/* Of row y the places og_fit_first(y), and from there on every OG_FIT_EVERY-th. */
enum { OG_FIT_EVERY = 49 };
int og_fit_first(int y);

/* One place: `count` slopes. */
void og_normal_equations_add(struct og_normal_equations *sums, unsigned count, const int64_t *slopes, int64_t due);
void og_normal_equations_merge(struct og_normal_equations *to, const struct og_normal_equations *from);

/* Whole weights. Each is held to what `usual` says as if `held` were added to its squared slope at every place: where
 * there is little to see, little is learned. */
void og_normal_equations_solve(const struct og_normal_equations *sums, unsigned count, double held, const int *usual,
                               int *weights);

#endif
