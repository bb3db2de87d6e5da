/* SPDX-License-Identifier: MIT */
#include "image/quantise.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The dead zone: a coefficient rounds up from this part of a step on, in hundredths. */
enum { ROUNDS_UP_BY = 38, HUNDRED = 100, DC_CHOICES = 3 };

static int64_t square(int64_t v)
{
    return v * v;
}

static unsigned round_down(unsigned magnitude, unsigned step)
{
    return (magnitude * HUNDRED + step * ROUNDS_UP_BY) / (step * HUNDRED);
}

static unsigned nearest(unsigned magnitude, unsigned step)
{
    return (magnitude + step / 2) / step;
}

static int16_t with_sign(unsigned level, int32_t coefficient)
{
    return (int16_t)(coefficient < 0 ? -(int)level : (int)level);
}

static int64_t lambda_of(const struct og_quantiser *quantiser, uint16_t patience)
{
    return (int64_t)quantiser->lambda * patience / OG_PATIENCE_ONE;
}

/* A nonzero level on the cheapest way that ends with it, costs counted from a block of zeros. The first stands for DC,
 * where all ways begin. */
struct node {
    int64_t cost;
    int64_t least; /* of this node and all before it */
    uint8_t place, from;
    uint16_t level;
};

enum { RUNS = OG_BLOCK, SIZES = OG_AC_SIZE_MAX + 1 };

/* Bits of a level of each size after a run of zeros, and the least of this and any longer run. */
struct prices {
    uint16_t bits[RUNS][SIZES], least[RUNS][SIZES];
};

struct scan {
    const struct og_quantiser *quantiser;
    const struct prices *prices;
    int64_t lambda, end;
    struct node nodes[OG_BLOCK];
    unsigned count;
};

static void find_prices(const struct og_symbol_bits *bits, struct prices *out)
{
    for (unsigned run = RUNS; run-- > 0;)
        for (unsigned size = 1; size < SIZES; size++) {
            uint16_t price = (uint16_t)(run / 16 * bits->ac[OG_AC_ZEROS] + bits->ac[run % 16 << 4 | size]);
            uint16_t longer = run + 1 < RUNS ? out->least[run + 1][size] : price;
            out->bits[run][size] = price;
            out->least[run][size] = price < longer ? price : longer;
        }
}

/* What a level saves of the squared error. */
static int64_t saved_by(unsigned magnitude, unsigned level, unsigned step)
{
    int64_t value = (int64_t)level * step;
    return value * (2 * (int64_t)magnitude - value);
}

static void try_level(const struct scan *s, unsigned from, int place, unsigned level, unsigned size, int64_t saved,
                      struct node *best)
{
    const struct node *n = &s->nodes[from];
    int64_t cost = n->cost - saved + s->lambda * s->prices->bits[place - n->place - 1][size];
    if (cost < best->cost)
        *best = (struct node){.cost = cost, .from = (uint8_t)from, .level = (uint16_t)level};
}

/* From the nearest node backwards, as long as one that far away could be cheaper. */
static struct node reach(const struct scan *s, int place, unsigned magnitude)
{
    unsigned step = (unsigned)s->quantiser->step[place] * OG_DCT_ONE, level = nearest(magnitude, step);
    unsigned size = og_level_size(level), lower = (1u << (size - 1)) - 1;
    int64_t saved = saved_by(magnitude, level, step), lower_saved = saved_by(magnitude, lower, step);
    struct node best = {.cost = INT64_MAX / 2};
    for (unsigned from = s->count; from-- > 0;) {
        const uint16_t *least = s->prices->least[place - s->nodes[from].place - 1];
        int64_t bound = s->nodes[from].least - best.cost;
        bool worth = bound + s->lambda * least[size] < saved;
        bool lower_worth = lower && bound + s->lambda * least[size - 1] < lower_saved;
        if (!worth && !lower_worth)
            break;
        try_level(s, from, place, level, size, saved, &best);
        if (lower)
            try_level(s, from, place, lower, size - 1, lower_saved, &best);
    }
    int64_t least = s->nodes[s->count - 1].least;
    best.place = (uint8_t)place;
    best.least = best.cost < least ? best.cost : least;
    return best;
}

/* Returns the node that the cheapest block ends with. */
static unsigned find_end(const struct scan *s, int64_t *cost)
{
    unsigned best = 0;
    *cost = INT64_MAX;
    for (unsigned i = 0; i < s->count; i++) {
        const struct node *n = &s->nodes[i];
        int64_t whole = n->cost + (n->place < OG_BLOCK - 1 ? s->end : 0);
        if (whole < *cost) {
            *cost = whole;
            best = i;
        }
    }
    return best;
}

static int next_mark(uint64_t *marks)
{
    int place = __builtin_ctzll(*marks);
    *marks &= *marks - 1;
    return place;
}

/* `marks`: the places that may have a level. Returns what the chosen levels save against zeros. */
static int64_t choose_ac(struct scan *s, const int16_t *coefficients, uint64_t marks, int16_t *levels)
{
    s->nodes[0] = (struct node){.cost = 0};
    s->count = 1;
    while (marks) {
        int place = next_mark(&marks);
        s->nodes[s->count] = reach(s, place, (unsigned)abs(coefficients[place]));
        s->count++;
    }
    int64_t cost;
    for (unsigned n = find_end(s, &cost); n > 0; n = s->nodes[n].from)
        levels[s->nodes[n].place] = with_sign(s->nodes[n].level, coefficients[s->nodes[n].place]);
    return -cost;
}

static int64_t round_ac(const struct og_quantiser *quantiser, const int16_t *coefficients, uint64_t marks,
                        int16_t *levels)
{
    int64_t saved = 0;
    while (marks) {
        int place = next_mark(&marks);
        unsigned magnitude = (unsigned)abs(coefficients[place]), step = (unsigned)quantiser->step[place] * OG_DCT_ONE;
        unsigned level = round_down(magnitude, step);
        levels[place] = with_sign(level, coefficients[place]);
        saved += saved_by(magnitude, level, step);
    }
    return saved;
}

static int nearest_dc(int32_t coefficient, int step)
{
    return with_sign(nearest((unsigned)abs(coefficient), (unsigned)step), coefficient);
}

/* Choices of a block are the nearest level less 1, itself, and plus 1. Returns what they save against zeros. */
static int64_t choose_dc(const int32_t *dc, const struct og_quantiser *quantiser, const struct og_symbol_bits *bits,
                         const uint16_t patience[OG_TILE_BLOCKS], int16_t (*levels)[OG_BLOCK])
{
    const int step = quantiser->step[0] * OG_DCT_ONE;
    uint8_t from[OG_TILE_BLOCKS][DC_CHOICES];
    int64_t cost[DC_CHOICES] = {0, INT64_MAX / 2, INT64_MAX / 2}, zeros = 0;
    int before = 1; /* so that the first choice, before the first block, is level 0 */
    for (unsigned b = 0; b < OG_TILE_BLOCKS; b++) {
        int middle = nearest_dc(dc[b], step);
        int64_t now[DC_CHOICES], lambda = lambda_of(quantiser, patience[b]);
        for (int k = 0; k < DC_CHOICES; k++) {
            int level = middle + k - 1;
            now[k] = INT64_MAX;
            for (int j = 0; j < DC_CHOICES; j++) {
                unsigned size = og_level_size((unsigned)abs(level - (before + j - 1)));
                int64_t way = cost[j] + lambda * bits->dc[size];
                if (way < now[k]) {
                    now[k] = way;
                    from[b][k] = (uint8_t)j;
                }
            }
            now[k] += square((int64_t)dc[b] - (int64_t)level * step);
        }
        memcpy(cost, now, sizeof cost);
        zeros += square(dc[b]);
        before = middle;
    }
    int best = cost[1] <= cost[0] ? 1 : 0;
    best = cost[2] < cost[best] ? 2 : best;
    int64_t saved = zeros - cost[best];
    for (unsigned b = OG_TILE_BLOCKS; b-- > 0; best = from[b][best])
        levels[b][0] = (int16_t)(nearest_dc(dc[b], step) + best - 1);
    return saved;
}

static int64_t round_dc(const int32_t *dc, const struct og_quantiser *quantiser, int16_t (*levels)[OG_BLOCK])
{
    const int step = quantiser->step[0] * OG_DCT_ONE;
    int64_t saved = 0;
    for (unsigned b = 0; b < OG_TILE_BLOCKS; b++) {
        levels[b][0] = (int16_t)nearest_dc(dc[b], step);
        saved += square(dc[b]) - square((int64_t)dc[b] - (int64_t)levels[b][0] * step);
    }
    return saved;
}

/* The least magnitudes that get a level; DC's are not asked for. */
static void find_bounds(const struct og_quantiser *quantiser, int16_t bounds[OG_BLOCK])
{
    bounds[0] = INT16_MAX;
    for (int i = 1; i < OG_BLOCK; i++) {
        unsigned step = (unsigned)quantiser->step[i] * OG_DCT_ONE;
        bounds[i] = (int16_t)(quantiser->lambda ? step / 2 : (step * (HUNDRED - ROUNDS_UP_BY) + HUNDRED - 1) / HUNDRED);
    }
}

int64_t og_quantise_tile(const struct og_kernels *kernels, const struct og_plane *plane,
                         const struct og_quantiser *quantiser, const struct og_symbol_bits *bits,
                         const uint16_t patience[OG_TILE_BLOCKS], int16_t (*levels)[OG_BLOCK])
{
    enum { ACROSS = OG_TILE_SIZE / OG_BLOCK_SIDE };
    int16_t coefficients[OG_BLOCK];
    int32_t dc[OG_TILE_BLOCKS];
    int16_t bounds[OG_BLOCK];
    struct prices prices;
    struct scan scan = {.quantiser = quantiser, .prices = &prices};
    int64_t saved = 0;
    find_bounds(quantiser, bounds);
    find_prices(bits, &prices);
    memset(levels, 0, OG_TILE_BLOCKS * sizeof levels[0]);
    for (int b = 0; b < OG_TILE_BLOCKS; b++) {
        ptrdiff_t row = b / ACROSS * OG_BLOCK_SIDE, column = b % ACROSS * OG_BLOCK_SIDE;
        kernels->dct_forward(plane->data + row * plane->stride + column, plane->stride, coefficients);
        uint64_t marks = kernels->at_least(coefficients, bounds);
        dc[b] = coefficients[0];
        scan.lambda = lambda_of(quantiser, patience[b]);
        scan.end = scan.lambda * bits->ac[OG_AC_END];
        saved += quantiser->lambda ? choose_ac(&scan, coefficients, marks, levels[b])
                                   : round_ac(quantiser, coefficients, marks, levels[b]);
    }
    return saved +
           (quantiser->lambda ? choose_dc(dc, quantiser, bits, patience, levels) : round_dc(dc, quantiser, levels));
}
