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

/* A nonzero level on the cheapest way that ends with it. The first stands for DC, where all ways begin. */
struct node {
    int64_t cost;  /* of everything up to here */
    int64_t zeros; /* squared error of this and all earlier coefficients, were they zero */
    uint8_t place, from;
    uint16_t level;
};

struct scan {
    const struct og_quantiser *quantiser;
    int64_t lambda;
    const struct og_symbol_bits *bits;
    struct node nodes[OG_BLOCK];
    unsigned count;
};

static struct node reach(const struct scan *s, int place, unsigned magnitude, int64_t zeros)
{
    const int64_t lambda = s->lambda;
    unsigned step = (unsigned)s->quantiser->step[place] * OG_DCT_ONE, level = nearest(magnitude, step);
    unsigned size = og_level_size(level), lower = (1u << (size - 1)) - 1;
    int64_t error = square((int64_t)magnitude - (int64_t)level * step);
    int64_t lower_error = square((int64_t)magnitude - (int64_t)lower * step);
    struct node best = {.cost = INT64_MAX};
    for (unsigned from = s->count; from-- > 0;) {
        const struct node *n = &s->nodes[from];
        unsigned run = (unsigned)place - n->place - 1u;
        const uint8_t *bits = &s->bits->ac[run % 16 << 4];
        int64_t before = n->cost + zeros - n->zeros + lambda * (run / 16) * s->bits->ac[OG_AC_ZEROS];
        int64_t cost = before + error + lambda * bits[size];
        if (cost < best.cost)
            best = (struct node){.cost = cost, .from = (uint8_t)from, .level = (uint16_t)level};
        if (lower == 0)
            continue;
        cost = before + lower_error + lambda * bits[size - 1];
        if (cost < best.cost)
            best = (struct node){.cost = cost, .from = (uint8_t)from, .level = (uint16_t)lower};
    }
    best.place = (uint8_t)place;
    best.zeros = zeros + square(magnitude);
    return best;
}

/* `zeros` is the squared error of all coefficients, were they zero. Returns the node that the cheapest block ends with.
 */
static unsigned find_end(const struct scan *s, int64_t zeros, int64_t *cost)
{
    const int64_t end = s->lambda * s->bits->ac[OG_AC_END];
    unsigned best = 0;
    *cost = INT64_MAX;
    for (unsigned i = 0; i < s->count; i++) {
        const struct node *n = &s->nodes[i];
        int64_t whole = n->cost + zeros - n->zeros + (n->place < OG_BLOCK - 1 ? end : 0);
        if (whole < *cost) {
            *cost = whole;
            best = i;
        }
    }
    return best;
}

/* Returns what the chosen levels save against zeros. */
static int64_t choose_ac(const int32_t *coefficients, const struct og_quantiser *quantiser,
                         const struct og_symbol_bits *bits, int64_t lambda, int16_t *levels)
{
    struct scan s = {.quantiser = quantiser, .lambda = lambda, .bits = bits, .count = 1};
    s.nodes[0] = (struct node){.cost = 0};
    int64_t zeros = 0, cost;
    for (int i = 1; i < OG_BLOCK; i++) {
        unsigned magnitude = (unsigned)abs(coefficients[i]);
        if (2 * magnitude >= (unsigned)quantiser->step[i] * OG_DCT_ONE) {
            s.nodes[s.count] = reach(&s, i, magnitude, zeros);
            s.count++;
        }
        zeros += square(magnitude);
    }
    for (unsigned n = find_end(&s, zeros, &cost); n > 0; n = s.nodes[n].from)
        levels[s.nodes[n].place] = with_sign(s.nodes[n].level, coefficients[s.nodes[n].place]);
    return zeros - cost;
}

static int64_t round_ac(const int32_t *coefficients, const struct og_quantiser *quantiser, int16_t *levels)
{
    int64_t saved = 0;
    for (int i = 1; i < OG_BLOCK; i++) {
        unsigned magnitude = (unsigned)abs(coefficients[i]), step = (unsigned)quantiser->step[i] * OG_DCT_ONE;
        unsigned level = round_down(magnitude, step);
        levels[i] = with_sign(level, coefficients[i]);
        saved += square(magnitude) - square((int64_t)magnitude - (int64_t)level * step);
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

int64_t og_quantise_tile(const struct og_plane *plane, const struct og_quantiser *quantiser,
                         const struct og_symbol_bits *bits, const uint16_t patience[OG_TILE_BLOCKS],
                         int16_t (*levels)[OG_BLOCK])
{
    enum { ACROSS = OG_TILE_SIZE / OG_BLOCK_SIDE };
    int32_t raster[OG_BLOCK], zigzag[OG_BLOCK], dc[OG_TILE_BLOCKS];
    int64_t saved = 0;
    memset(levels, 0, OG_TILE_BLOCKS * sizeof levels[0]);
    for (int b = 0; b < OG_TILE_BLOCKS; b++) {
        ptrdiff_t row = b / ACROSS * OG_BLOCK_SIDE, column = b % ACROSS * OG_BLOCK_SIDE;
        og_dct_forward(plane->data + row * plane->stride + column, plane->stride, raster);
        for (int i = 0; i < OG_BLOCK; i++)
            zigzag[i] = raster[og_zigzag[i]];
        dc[b] = zigzag[0];
        saved += quantiser->lambda ? choose_ac(zigzag, quantiser, bits, lambda_of(quantiser, patience[b]), levels[b])
                                   : round_ac(zigzag, quantiser, levels[b]);
    }
    return saved +
           (quantiser->lambda ? choose_dc(dc, quantiser, bits, patience, levels) : round_dc(dc, quantiser, levels));
}
