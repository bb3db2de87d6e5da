/* SPDX-License-Identifier: MIT */
#include "tool/normal_equations.h"

enum { MOST = OG_LEAST_SQUARES_MOST, TURN = 18 };

int og_fit_first(int y)
{
    return TURN * y % OG_FIT_EVERY;
}

void og_normal_equations_add(struct og_normal_equations *sums, unsigned count, const int64_t *slopes, int64_t due)
{
    for (unsigned k = 0; k < count; k++) {
        for (unsigned l = 0; l < count; l++)
            sums->slopes[k][l] += slopes[k] * slopes[l];
        sums->errors[k] += slopes[k] * due;
    }
    sums->squares += due * due;
    sums->samples++;
}

void og_normal_equations_merge(struct og_normal_equations *to, const struct og_normal_equations *from)
{
    for (unsigned k = 0; k < MOST; k++) {
        for (unsigned l = 0; l < MOST; l++)
            to->slopes[k][l] += from->slopes[k][l];
        to->errors[k] += from->errors[k];
    }
    to->squares += from->squares;
    to->samples += from->samples;
}

void og_normal_equations_solve(const struct og_normal_equations *sums, unsigned count, double held, const int *usual,
                               int *weights)
{
    double slopes[MOST * MOST], errors[MOST];
    held *= (double)(sums->samples + 1);
    for (unsigned k = 0; k < count; k++) {
        for (unsigned l = 0; l < count; l++)
            slopes[k * count + l] = (double)sums->slopes[k][l] + (k == l ? held : 0);
        errors[k] = (double)sums->errors[k] + held * usual[k];
    }
    og_least_squares(count, slopes, errors, weights);
}
