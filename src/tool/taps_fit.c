/* SPDX-License-Identifier: MIT */
#include "tool/taps_fit.h"

enum { SCALE = OG_TAPS_SUM * OG_TAPS_SUM, OF_EACH = OG_TAPS - 1, FREE = 2 * OF_EACH };

const struct og_taps og_taps_usual = {{{1, -6, 17, 61, -12, 3}}, {{1, -6, 17, 61, -12, 3}}};

/* Weights are held to the usual ones as if the samples that they weigh differed by this much more, in grey levels:
 * where there is hardly more to see than what quantising has made of it, nothing is learned from that. */
static const double unseen = 2;

struct window {
    int sample[OG_TAPS][OG_TAPS];
};

/* Of sample 2x + right, 2y + below: mirrored where it is the second one. */
static struct window window_at(const struct og_plane *from, int x, int y, bool right, bool below)
{
    struct window w;
    for (int i = 0; i < OG_TAPS; i++) {
        int dy = below ? OG_TAPS_OWN - i : i - OG_TAPS_OWN;
        const uint8_t *row = from->data + og_plane_nearest(y + dy, from->height) * from->stride;
        for (int j = 0; j < OG_TAPS; j++)
            w.sample[i][j] = row[og_plane_nearest(x + (right ? OG_TAPS_OWN - j : j - OG_TAPS_OWN), from->width)];
    }
    return w;
}

/* The weight of which a free one tells: all but the own sample's. */
static int weight_of(int free)
{
    return free < OG_TAPS_OWN ? free : free + 1;
}

static void add_sample(struct og_normal_equations *sums, const struct og_taps *taps, const struct window *w, int due)
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
    og_normal_equations_add(sums, FREE, slope, SCALE * due - predicted);
}

void og_taps_fit_add(struct og_normal_equations *sums, const struct og_taps *taps, const struct og_plane *from,
                     struct og_rect area, const struct og_plane *due)
{
    for (int y = 0; 2 * y + 1 < due->height; y++)
        for (int x = og_fit_first(y); 2 * x + 1 < due->width; x += OG_FIT_EVERY)
            for (int phase = 0; phase < 4; phase++) {
                int right = phase & 1, below = phase >> 1;
                struct window w = window_at(from, area.x + x, area.y + y, right, below);
                add_sample(sums, taps, &w, due->data[(2 * y + below) * due->stride + 2 * x + right]);
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

static int change_to_usual(const struct og_taps *taps, int free)
{
    int i = weight_of(free % OF_EACH);
    return free < OF_EACH ? og_taps_usual.down.of[i] - taps->down.of[i] : og_taps_usual.along.of[i] - taps->along.of[i];
}

struct og_taps og_taps_fit_solve(const struct og_normal_equations *sums, const struct og_taps *taps)
{
    int usual[FREE], change[FREE];
    struct og_taps better = *taps;
    for (int k = 0; k < FREE; k++)
        usual[k] = change_to_usual(taps, k);
    og_normal_equations_solve(sums, FREE, unseen * unseen * SCALE, usual, change);
    bool all_fit = move(&better.down, change) && move(&better.along, change + OF_EACH);
    return all_fit && og_taps_are_valid(&better) ? better : *taps;
}
