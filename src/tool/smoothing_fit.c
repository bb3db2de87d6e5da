/* SPDX-License-Identifier: MIT */
#include "tool/smoothing_fit.h"

enum { ACROSS = OG_SMOOTHING_REACH + 1, COUNT = OG_SMOOTHING_WEIGHTS };

/* Held to none as if samples differed by this much more, in grey levels. */
static const double unseen = 0.5;

static const double worth_it = 0.99;

static int sample(const struct og_plane *residual, int x, int y)
{
    int row = og_plane_mirrored(y, residual->height), column = og_plane_mirrored(x, residual->width);
    return residual->data[row * residual->stride + column] - 128;
}

/* Of the places u columns and v rows away. */
static int64_t weighed(const struct og_plane *decoded, int x, int y, int u, int v)
{
    int sum = 0;
    for (int below = v ? -1 : 1; below <= 1; below += 2)
        for (int right = u ? -1 : 1; right <= 1; right += 2)
            sum += sample(decoded, x + right * u, y + below * v);
    return sum;
}

static void add_place(struct og_normal_equations *sums, const struct og_plane *decoded, int x, int y, int due)
{
    int64_t slopes[COUNT];
    for (int i = 0; i < COUNT; i++)
        slopes[i] = weighed(decoded, x, y, i % ACROSS, i / ACROSS);
    og_normal_equations_add(sums, COUNT, slopes, OG_SMOOTHING_SUM * due);
}

void og_smoothing_fit_add(struct og_normal_equations *sums, const struct og_plane *decoded, const struct og_plane *due)
{
    for (int y = 0; y < due->height; y++)
        for (int x = og_fit_first(y); x < due->width; x += OG_FIT_EVERY)
            add_place(sums, decoded, x, y, sample(due, x, y));
}

static double squared_error(const struct og_normal_equations *sums, const struct og_smoothing *smoothing)
{
    double error = (double)sums->squares;
    for (int k = 0; k < COUNT; k++) {
        double weight = smoothing->of[k / ACROSS][k % ACROSS];
        error -= 2 * weight * (double)sums->errors[k];
        for (int l = 0; l < COUNT; l++)
            error += weight * smoothing->of[l / ACROSS][l % ACROSS] * (double)sums->slopes[k][l];
    }
    return error;
}

struct og_smoothing og_smoothing_fit_solve(const struct og_normal_equations *sums)
{
    int usual[COUNT], weights[COUNT];
    struct og_smoothing found;
    for (int k = 0; k < COUNT; k++)
        usual[k] = og_smoothing_none.of[k / ACROSS][k % ACROSS];
    og_normal_equations_solve(sums, COUNT, unseen * unseen, usual, weights);
    for (int k = 0; k < COUNT; k++) {
        if (weights[k] < INT8_MIN || weights[k] > INT8_MAX)
            return og_smoothing_none;
        found.of[k / ACROSS][k % ACROSS] = (int8_t)weights[k];
    }
    bool is_worth_it = squared_error(sums, &found) < worth_it * squared_error(sums, &og_smoothing_none);
    return is_worth_it && og_smoothing_is_valid(&found) ? found : og_smoothing_none;
}
