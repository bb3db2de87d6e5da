/* SPDX-License-Identifier: MIT */
#include "tool/least_squares.h"

#include <math.h>

enum { MOST = OG_LEAST_SQUARES_MOST, FURTHEST = OG_LEAST_SQUARES_FURTHEST };

/* Cholesky's decomposition in place, and what it solves; the diagonal is above zero. */
static void solve(unsigned count, double a[MOST][MOST], double x[MOST])
{
    for (unsigned k = 0; k < count; k++)
        for (unsigned i = k; i < count; i++) {
            for (unsigned j = 0; j < k; j++)
                a[i][k] -= a[i][j] * a[k][j];
            a[i][k] = i == k ? sqrt(a[k][k]) : a[i][k] / a[k][k];
        }
    for (unsigned i = 0; i < count; i++) {
        for (unsigned j = 0; j < i; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
    for (unsigned i = count; i-- > 0;) {
        for (unsigned j = i + 1; j < count; j++)
            x[i] -= a[j][i] * x[j];
        x[i] /= a[i][i];
    }
}

void og_least_squares(unsigned count, const double *slopes, const double *errors, int *x)
{
    for (unsigned fixed = 0; fixed < count; fixed++) {
        double a[MOST][MOST], free[MOST];
        for (unsigned k = 0; k < count; k++) {
            const double *row = slopes + k * count;
            free[k] = errors[k];
            for (unsigned l = 0; l < count; l++)
                a[k][l] = k < fixed || l < fixed ? k == l : row[l];
            for (unsigned l = 0; l < fixed && k >= fixed; l++)
                free[k] -= row[l] * x[l];
        }
        solve(count, a, free);
        x[fixed] = (int)lround(fmin(fmax(free[fixed], -FURTHEST), FURTHEST));
    }
}
