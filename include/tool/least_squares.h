/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_LEAST_SQUARES_H
#define OG_TOOL_LEAST_SQUARES_H
/*
 * og_least_squares: whole numbers x near to where slopes · x = errors, which are the normal equations of a fit. One
 * after the other is made whole, each followed by the best of what is left free: rounding all at once errs more.
 *
 * Threads: pure function. Ownership: borrows. Errors: none.
 */

enum { OG_LEAST_SQUARES_MOST = 10, OG_LEAST_SQUARES_FURTHEST = 512 };

/* `slopes` are `count` rows of `count`, symmetric and positive definite; count is at most MOST, a result never further
 * from zero than FURTHEST. */
void og_least_squares(unsigned count, const double *slopes, const double *errors, int *x);

#endif
