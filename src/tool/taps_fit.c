/* SPDX-License-Identifier: MIT */
#include "tool/taps_fit.h"

#include <math.h>

enum { APART = 7, SCALE = OG_TAPS_SUM * OG_TAPS_SUM, FREE = OG_TAPS_FREE, OF_EACH = OG_TAPS - 1, FURTHEST = 512 };

const struct og_taps og_taps_usual = {{{1, -6, 17, 61, -12, 3}}, {{1, -6, 17, 61, -12, 3}}};

/* Weights are held to the usual ones as if the samples that they weigh differed by this much more, in grey levels:
 * where there is hardly more to see than what quantising has made of it, nothing is learned from that. */
static const double unseen = 2;

struct window {
    int sample[OG_TAPS][OG_TAPS];
};

static int nearest(int i, int size)
{
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

/* Of sample 2x + right, 2y + below: mirrored where it is the second one. */
static struct window window_at(const struct og_plane *from, int x, int y, bool right, bool below)
{
    struct window w;
    for (int i = 0; i < OG_TAPS; i++) {
        int dy = below ? OG_TAPS_OWN - i : i - OG_TAPS_OWN;
        const uint8_t *row = from->data + nearest(y + dy, from->height) * from->stride;
        for (int j = 0; j < OG_TAPS; j++)
            w.sample[i][j] = row[nearest(x + (right ? OG_TAPS_OWN - j : j - OG_TAPS_OWN), from->width)];
    }
    return w;
}

/* The weight of which a free one tells: all but the own sample's. */
static int weight_of(int free)
{
    return free < OG_TAPS_OWN ? free : free + 1;
}

static void add_sample(struct og_taps_fit *sums, const struct og_taps *taps, const struct window *w, int due)
{
    int rows[OG_TAPS] = {0}, columns[OG_TAPS] = {0}, predicted = 0;
    int64_t slope[FREE];
    for (int i = 0; i < OG_TAPS; i++)
        for (int j = 0; j < OG_TAPS; j++) {
            rows[i] += taps->along.of[j] * w->sample[i][j];
            columns[j] += taps->down.of[i] * w->sample[i][j];
        }
    for (int i = 0; i < OG_TAPS; i++)
        predicted += taps->down.of[i] * rows[i];
    for (int k = 0; k < OF_EACH; k++) {
        slope[k] = rows[weight_of(k)] - rows[OG_TAPS_OWN];
        slope[OF_EACH + k] = columns[weight_of(k)] - columns[OG_TAPS_OWN];
    }
    for (int k = 0; k < FREE; k++) {
        for (int l = 0; l < FREE; l++)
            sums->slopes[k][l] += slope[k] * slope[l];
        sums->errors[k] += slope[k] * (SCALE * due - predicted);
    }
    sums->samples++;
}

void og_taps_fit_add(struct og_taps_fit *sums, const struct og_taps *taps, const struct og_plane *from,
                     struct og_rect area, const struct og_plane *due)
{
    for (int y = APART / 2; 2 * y + 1 < due->height; y += APART)
        for (int x = APART / 2; 2 * x + 1 < due->width; x += APART)
            for (int phase = 0; phase < 4; phase++) {
                int right = phase & 1, below = phase >> 1;
                struct window w = window_at(from, area.x + x, area.y + y, right, below);
                add_sample(sums, taps, &w, due->data[(2 * y + below) * due->stride + 2 * x + right]);
            }
}

void og_taps_fit_merge(struct og_taps_fit *to, const struct og_taps_fit *from)
{
    for (int k = 0; k < FREE; k++) {
        for (int l = 0; l < FREE; l++)
            to->slopes[k][l] += from->slopes[k][l];
        to->errors[k] += from->errors[k];
    }
    to->samples += from->samples;
}

/* Cholesky's decomposition in place, and what it solves; the diagonal is above zero. */
static void solve(double a[FREE][FREE], double x[FREE])
{
    for (int k = 0; k < FREE; k++)
        for (int i = k; i < FREE; i++) {
            for (int j = 0; j < k; j++)
                a[i][k] -= a[i][j] * a[k][j];
            a[i][k] = i == k ? sqrt(a[k][k]) : a[i][k] / a[k][k];
        }
    for (int i = 0; i < FREE; i++) {
        for (int j = 0; j < i; j++)
            x[i] -= a[i][j] * x[j];
        x[i] /= a[i][i];
    }
    for (int i = FREE - 1; i >= 0; i--) {
        for (int j = i + 1; j < FREE; j++)
            x[i] -= a[j][i] * x[j];
        x[i] /= a[i][i];
    }
}

/* Whole changes one after the other, each followed by the best of what is left free: rounding all at once errs more. */
static void solve_whole(const double slopes[FREE][FREE], const double errors[FREE], int change[FREE])
{
    for (int fixed = 0; fixed < FREE; fixed++) {
        double a[FREE][FREE], x[FREE];
        for (int k = 0; k < FREE; k++) {
            x[k] = k < fixed ? change[k] : errors[k];
            for (int l = 0; l < FREE; l++)
                a[k][l] = k < fixed || l < fixed ? k == l : slopes[k][l];
            for (int l = 0; l < fixed && k >= fixed; l++)
                x[k] -= slopes[k][l] * change[l];
        }
        solve(a, x);
        change[fixed] = (int)lround(fmin(fmax(x[fixed], -FURTHEST), FURTHEST));
    }
}

static bool fits(int weight)
{
    return weight >= INT8_MIN && weight <= INT8_MAX;
}

static bool move(struct og_weights *weights, const int change[OF_EACH])
{
    int own = weights->of[OG_TAPS_OWN];
    bool all_fit = true;
    for (int k = 0; k < OF_EACH; k++) {
        int weight = weights->of[weight_of(k)] + change[k];
        all_fit = all_fit && fits(weight);
        weights->of[weight_of(k)] = (int8_t)weight;
        own -= change[k];
    }
    weights->of[OG_TAPS_OWN] = (int8_t)own;
    return all_fit && fits(own);
}

static int unusual(const struct og_taps *taps, int free)
{
    int i = weight_of(free % OF_EACH);
    return free < OF_EACH ? og_taps_usual.down.of[i] - taps->down.of[i] : og_taps_usual.along.of[i] - taps->along.of[i];
}

struct og_taps og_taps_fit_solve(const struct og_taps_fit *sums, const struct og_taps *taps)
{
    double slopes[FREE][FREE], errors[FREE], held = unseen * unseen * SCALE * (double)(sums->samples + 1);
    int change[FREE];
    struct og_taps better = *taps;
    for (int k = 0; k < FREE; k++) {
        for (int l = 0; l < FREE; l++)
            slopes[k][l] = (double)sums->slopes[k][l] + (k == l ? held : 0);
        errors[k] = (double)sums->errors[k] + held * unusual(taps, k);
    }
    solve_whole(slopes, errors, change);
    bool all_fit = move(&better.down, change) && move(&better.along, change + OF_EACH);
    return all_fit && og_taps_are_valid(&better) ? better : *taps;
}
