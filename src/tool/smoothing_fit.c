/* SPDX-License-Identifier: MIT */
#include "tool/smoothing_fit.h"

#include "tool/least_squares.h"

enum { EVERY = 49, TURN = 18, ACROSS = OG_SMOOTHING_REACH + 1, COUNT = OG_SMOOTHING_WEIGHTS };

/* Held to none as if samples differed by this much more, in grey levels. */
static const double unseen = 0.5;

static const double worth_it = 0.99;

static int mirrored(int i, int size)
{
    return i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i;
}

static int sample(const struct og_plane *residual, int x, int y)
{
    return residual->data[mirrored(y, residual->height) * residual->stride + mirrored(x, residual->width)] - 128;
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

static void add_place(struct og_smoothing_fit *sums, const struct og_plane *decoded, int x, int y, int due)
{
    int64_t f[COUNT], wanted = OG_SMOOTHING_SUM * due;
    for (int i = 0; i < COUNT; i++)
        f[i] = weighed(decoded, x, y, i % ACROSS, i / ACROSS);
    for (int k = 0; k < COUNT; k++) {
        for (int l = 0; l < COUNT; l++)
            sums->slopes[k][l] += f[k] * f[l];
        sums->errors[k] += f[k] * wanted;
    }
    sums->squares += wanted * wanted;
    sums->samples++;
}

void og_smoothing_fit_add(struct og_smoothing_fit *sums, const struct og_plane *decoded, const struct og_plane *due)
{
    for (int y = 0; y < due->height; y++)
        for (int x = TURN * y % EVERY; x < due->width; x += EVERY)
            add_place(sums, decoded, x, y, sample(due, x, y));
}

void og_smoothing_fit_merge(struct og_smoothing_fit *to, const struct og_smoothing_fit *from)
{
    for (int k = 0; k < COUNT; k++) {
        for (int l = 0; l < COUNT; l++)
            to->slopes[k][l] += from->slopes[k][l];
        to->errors[k] += from->errors[k];
    }
    to->squares += from->squares;
    to->samples += from->samples;
}

static double squared_error(const struct og_smoothing_fit *sums, const struct og_smoothing *smoothing)
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

struct og_smoothing og_smoothing_fit_solve(const struct og_smoothing_fit *sums)
{
    double slopes[COUNT][COUNT], errors[COUNT], held = unseen * unseen * (double)(sums->samples + 1);
    int weights[COUNT];
    struct og_smoothing found;
    for (int k = 0; k < COUNT; k++) {
        for (int l = 0; l < COUNT; l++)
            slopes[k][l] = (double)sums->slopes[k][l] + (k == l ? held : 0);
        errors[k] = (double)sums->errors[k] + held * og_smoothing_none.of[k / ACROSS][k % ACROSS];
    }
    og_least_squares(COUNT, slopes[0], errors, weights);
    for (int k = 0; k < COUNT; k++) {
        if (weights[k] < INT8_MIN || weights[k] > INT8_MAX)
            return og_smoothing_none;
        found.of[k / ACROSS][k % ACROSS] = (int8_t)weights[k];
    }
    bool is_worth_it = squared_error(sums, &found) < worth_it * squared_error(sums, &og_smoothing_none);
    return is_worth_it && og_smoothing_is_valid(&found) ? found : og_smoothing_none;
}
