/* SPDX-License-Identifier: MIT */
#include "requests.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/key.h"
#include "paths.h"
#include "random.h"

enum { SLIDES = 16, VIEWERS = 48, WIDTH = 40000, HEIGHT = 30000, ZIPF_TILES = 1 << 16, GLASS_IN_TEN = 3, GLASS = 1200 };

static const double tissue = 20000, spread = 0.43; /* of the logarithm */

static void *memory(size_t count, size_t size)
{
    void *made = calloc(count, size);
    if (!made) {
        fprintf(stderr, "bench: no memory for requests\n");
        exit(1);
    }
    return made;
}

/* The sum of twelve evenly spread numbers is as good as normal. */
static double normal(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_share(state);
    return sum;
}

static uint32_t size_of(uint64_t seed, uint32_t tile)
{
    uint64_t state = og_key_mix(seed, tile);
    if (random_below(&state, 10) < GLASS_IN_TEN)
        return GLASS;
    return (uint32_t)(tissue * exp(spread * normal(&state)));
}

static struct requests begin(size_t count)
{
    return (struct requests){.count = count, .tiles = memory(count, sizeof(uint32_t))};
}

/* Numbers are given in the order in which names are met. */
static uint32_t number(struct requests *requests, uint32_t *known, size_t name)
{
    if (!known[name])
        known[name] = ++requests->distinct;
    return known[name] - 1;
}

static void draw_sizes(struct requests *requests, uint64_t seed)
{
    requests->sizes = memory(requests->distinct, sizeof(uint32_t));
    for (uint32_t i = 0; i < requests->distinct; i++)
        requests->sizes[i] = size_of(seed, i);
}

static size_t name_of(const struct og_pyramid *pyramid, size_t each, const struct path_tile *tile)
{
    size_t name = tile->slide * each;
    for (unsigned depth = 0; depth < pyramid->top - tile->level; depth++) {
        struct og_extent grid = og_pyramid_grid(pyramid, depth);
        name += (size_t)grid.width * grid.height;
    }
    return name + (size_t)tile->y * og_pyramid_grid(pyramid, pyramid->top - tile->level).width + tile->x;
}

struct requests requests_of_viewers(size_t count, uint64_t seed)
{
    struct og_pyramid pyramids[SLIDES];
    struct requests requests = begin(count);
    struct path_tile wanted[PATHS_FIELD_TILES];
    struct paths paths;
    for (int i = 0; i < SLIDES; i++)
        if (!og_pyramid_make(WIDTH, HEIGHT, OG_TILE_SIZE, 0, &pyramids[i]))
            exit(1);
    size_t each = name_of(pyramids, 0, &(struct path_tile){.level = 0}) + 1;
    uint32_t *known = memory(SLIDES * each, sizeof *known);
    paths_open(&paths, &(struct paths_plan){pyramids, SLIDES, VIEWERS, 300, seed});
    for (size_t made = 0; made < count;) {
        struct path_field field = paths_next(&paths);
        size_t tiles = paths_wanted(&paths, &field, wanted);
        for (size_t i = 0; i < tiles && made < count; i++)
            requests.tiles[made++] = number(&requests, known, name_of(pyramids, each, &wanted[i]));
    }
    paths_close(&paths);
    free(known);
    draw_sizes(&requests, seed);
    return requests;
}

struct requests requests_of_zipf(size_t count, uint64_t seed)
{
    struct requests requests = begin(count);
    uint32_t *known = memory(ZIPF_TILES, sizeof *known);
    struct zipf law;
    uint64_t state = seed;
    zipf_open(&law, ZIPF_TILES);
    for (size_t made = 0; made < count; made++)
        requests.tiles[made] = number(&requests, known, zipf_draw(&law, &state));
    zipf_close(&law);
    free(known);
    draw_sizes(&requests, seed);
    return requests;
}

void requests_free(struct requests *requests)
{
    free(requests->tiles);
    free(requests->sizes);
    *requests = (struct requests){0};
}
