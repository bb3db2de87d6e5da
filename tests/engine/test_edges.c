/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"

/* The matrix of edge sizes, encoded and served for real, held against Deep Zoom's arithmetic as this file does it. */

enum { TILE = 256, SIDES = 8, SLIDES = SIDES * SIDES, LEVELS_MAX = 12 };

static const uint32_t sides[SIDES] = {1, 2, 255, 256, 257, 1023, 1024, 1025};

struct matrix {
    struct folder *folder;
    struct served served;
};

struct slide {
    struct picture picture;
    char name[32];
    uint32_t top;
};

static struct slide slide_of(unsigned i)
{
    struct slide s = {.picture = {PICTURE_SMOOTH, sides[i % SIDES], sides[i / SIDES], i}};
    snprintf(s.name, sizeof s.name, "w%u-h%u", (unsigned)s.picture.width, (unsigned)s.picture.height);
    for (uint32_t w = s.picture.width, h = s.picture.height; w > 1 || h > 1; s.top++) {
        w = (w + 1) / 2;
        h = (h + 1) / 2;
    }
    return s;
}

/* ceil(side / 2^halvings), by counting. */
static uint32_t level_side(uint32_t side, uint32_t halvings)
{
    uint32_t step = UINT32_C(1) << halvings, n = 0;
    for (uint32_t at = 0; at < side; at += step)
        n++;
    return n;
}

static uint32_t tiles_along(uint32_t side)
{
    uint32_t n = 0;
    for (uint32_t at = 0; at < side; at += TILE)
        n++;
    return n;
}

static uint32_t tile_side(uint32_t side, uint32_t index)
{
    uint32_t rest = side - index * TILE;
    return rest < TILE ? rest : TILE;
}

struct level {
    uint32_t width, height;
    uint8_t *rgb;
};

/* The source's next level: means of 2 x 2 pixels; at an odd edge, of those that exist. */
static struct level halved(const struct level *from)
{
    struct level to = {.width = (from->width + 1) / 2, .height = (from->height + 1) / 2};
    to.rgb = malloc((size_t)to.width * to.height * 3);
    for (uint32_t y = 0; y < to.height; y++)
        for (uint32_t x = 0; x < to.width; x++)
            for (uint32_t c = 0; c < 3; c++) {
                unsigned sum = 0, n = 0;
                for (uint32_t v = 2 * y; v < 2 * y + 2 && v < from->height; v++)
                    for (uint32_t u = 2 * x; u < 2 * x + 2 && u < from->width; u++, n++)
                        sum += from->rgb[((size_t)v * from->width + u) * 3 + c];
                to.rgb[((size_t)y * to.width + x) * 3 + c] = (uint8_t)((sum + n / 2) / n);
            }
    return to;
}

static void source_levels(const struct slide *s, struct level level[LEVELS_MAX])
{
    struct level *full = &level[s->top];
    *full = (struct level){.width = s->picture.width, .height = s->picture.height};
    full->rgb = malloc((size_t)full->width * full->height * 3);
    picture_render(&s->picture, (struct og_rect){0, 0, (int)full->width, (int)full->height}, full->rgb,
                   3 * (ptrdiff_t)full->width);
    for (uint32_t l = s->top; l-- > 0;)
        level[l] = halved(&level[l + 1]);
}

static void free_levels(const struct slide *s, struct level level[LEVELS_MAX])
{
    for (uint32_t l = 0; l <= s->top; l++)
        free(level[l].rgb);
}

struct tile {
    uint32_t level, x, y;
    int width, height;
    uint8_t *rgb;
};

static void serve(struct matrix *m, const struct slide *s, struct tile *tile)
{
    struct og_buf *buf;
    enum og_status status = served_ask(&m->served, m->served.block, s->name, tile->level, tile->x, tile->y, &buf);
    if (status != OG_OK)
        fail_msg("%s level %u tile %u,%u: %s", s->name, tile->level, tile->x, tile->y, og_status_text(status));
    if (!jpeg_pixels(buf, 3, &tile->rgb, &tile->width, &tile->height))
        fail_msg("%s level %u tile %u,%u is not a JPEG", s->name, tile->level, tile->x, tile->y);
    og_buf_unref(&buf);
}

static void each_tile(struct matrix *m,
                      void (*check)(const struct slide *s, const struct level *levels, const struct tile *tile))
{
    for (unsigned i = 0; i < SLIDES; i++) {
        struct slide s = slide_of(i);
        struct level levels[LEVELS_MAX];
        source_levels(&s, levels);
        for (uint32_t l = 0; l <= s.top; l++)
            for (uint32_t y = 0; y < tiles_along(level_side(s.picture.height, s.top - l)); y++)
                for (uint32_t x = 0; x < tiles_along(level_side(s.picture.width, s.top - l)); x++) {
                    struct tile tile = {.level = l, .x = x, .y = y};
                    serve(m, &s, &tile);
                    check(&s, levels, &tile);
                    free(tile.rgb);
                }
        free_levels(&s, levels);
    }
}

static void check_size(const struct slide *s, const struct level *levels, const struct tile *tile)
{
    (void)levels;
    uint32_t width = tile_side(level_side(s->picture.width, s->top - tile->level), tile->x);
    uint32_t height = tile_side(level_side(s->picture.height, s->top - tile->level), tile->y);
    if ((uint32_t)tile->width != width || (uint32_t)tile->height != height)
        fail_msg("%s level %u tile %u,%u is %d x %d where %u x %u is due", s->name, tile->level, tile->x, tile->y,
                 tile->width, tile->height, width, height);
}

static void every_tile_of_every_level_has_deep_zooms_size(void **state)
{
    each_tile(*state, check_size);
}

struct difference {
    double mean;  /* absolute, over the tile, grey levels of R, G and B */
    double block; /* the same of the worst 8 x 8 block */
};

/* The tile against that part of a source level whose upper left corner is at x, y. */
static struct difference compare(const struct tile *tile, const struct level *level, uint32_t x, uint32_t y)
{
    unsigned sum = 0;
    struct difference d = {0};
    for (int top = 0; top < tile->height; top += 8)
        for (int left = 0; left < tile->width; left += 8) {
            unsigned block = 0, n = 0;
            for (int v = top; v < top + 8 && v < tile->height; v++)
                for (int u = 3 * left; u < 3 * (left + 8) && u < 3 * tile->width; u++, n++)
                    block += (unsigned)abs(tile->rgb[v * 3 * tile->width + u] -
                                           level->rgb[((size_t)(y + v) * level->width + x) * 3 + u]);
            d.block = block > d.block * n ? (double)block / n : d.block;
            sum += block;
        }
    d.mean = (double)sum / (3 * tile->width * tile->height);
    return d;
}

/*
 * What the worst tiles show today: 1.25 and 2.5. On levels of up to 16 pixels the whole picture is a block or a few,
 * its colours are steps of the quantiser apart, and a block is off by 3.1. The picture's colours change by 16 grey
 * levels from tile to tile.
 */
static bool is_expected(const struct tile *tile, struct difference d)
{
    bool tiny = tile->width <= 16 && tile->height <= 16;
    return d.mean < (tiny ? 4 : 1.75) && d.block < 4;
}

static void check_pixels(const struct slide *s, const struct level *levels, const struct tile *tile)
{
    struct difference d = compare(tile, &levels[tile->level], tile->x * TILE, tile->y * TILE);
    if (!is_expected(tile, d))
        fail_msg("%s level %u tile %u,%u is off by %.2f, its worst block by %.2f", s->name, tile->level, tile->x,
                 tile->y, d.mean, d.block);
}

static void every_tile_shows_its_part_of_the_source_within_the_expected_error(void **state)
{
    each_tile(*state, check_pixels);
}

static void the_bounds_catch_a_tile_that_is_half_a_tile_out_of_place(void **state)
{
    struct slide s = slide_of(SLIDES - 1);
    struct level levels[LEVELS_MAX];
    source_levels(&s, levels);
    struct tile tile = {.level = s.top, .x = 1, .y = 1};
    serve(*state, &s, &tile);
    const struct level *full = &levels[s.top];
    bool in_place = is_expected(&tile, compare(&tile, full, TILE, TILE));
    bool left = is_expected(&tile, compare(&tile, full, TILE / 2, TILE));
    bool right = is_expected(&tile, compare(&tile, full, TILE * 3 / 2, TILE));
    bool above = is_expected(&tile, compare(&tile, full, TILE, TILE / 2));
    bool below = is_expected(&tile, compare(&tile, full, TILE, TILE * 3 / 2));
    free(tile.rgb);
    free_levels(&s, levels);
    assert_true(in_place);
    assert_false(left || right || above || below);
}

static void expect_nothing(struct matrix *m, const struct slide *s, uint64_t level, uint64_t x, uint64_t y)
{
    struct og_tile_name name;
    enum og_status status =
        og_engine_name(m->served.engine, s->name, strlen(s->name), level, x, y, &name, m->served.block);
    if (status != OG_NOT_FOUND)
        fail_msg("%s level %llu tile %llu,%llu: %s", s->name, (unsigned long long)level, (unsigned long long)x,
                 (unsigned long long)y, og_status_text(status));
}

static void tiles_just_outside_the_grid_do_not_exist(void **state)
{
    for (unsigned i = 0; i < SLIDES; i++) {
        struct slide s = slide_of(i);
        for (uint32_t l = 0; l <= s.top; l++) {
            uint32_t columns = tiles_along(level_side(s.picture.width, s.top - l));
            uint32_t rows = tiles_along(level_side(s.picture.height, s.top - l));
            expect_nothing(*state, &s, l, columns, 0);
            expect_nothing(*state, &s, l, columns, rows - 1);
            expect_nothing(*state, &s, l, 0, rows);
            expect_nothing(*state, &s, l, columns - 1, rows);
            expect_nothing(*state, &s, l, columns, rows);
            expect_nothing(*state, &s, l, UINT64_C(1) << 32, 0);
            expect_nothing(*state, &s, l, 0, UINT64_C(1) << 32);
        }
    }
}

static void there_is_no_level_above_the_top(void **state)
{
    for (unsigned i = 0; i < SLIDES; i++) {
        struct slide s = slide_of(i);
        expect_nothing(*state, &s, s.top + UINT64_C(1), 0, 0);
        expect_nothing(*state, &s, s.top + UINT64_C(2), 0, 0);
        expect_nothing(*state, &s, UINT64_C(1) << 32, 0, 0);
    }
}

static int setup(void **state)
{
    struct matrix *m = calloc(1, sizeof *m);
    m->folder = folder_make();
    for (unsigned i = 0; i < SLIDES; i++) {
        struct slide s = slide_of(i);
        folder_add_slide(m->folder, s.name, &s.picture);
    }
    served_open(&m->served, m->folder->path, (struct og_engine_options){.workers = 2, .cache_bytes = 256 << 20});
    *state = m;
    return 0;
}

static int teardown(void **state)
{
    struct matrix *m = *state;
    served_close(&m->served);
    folder_remove(&m->folder);
    free(m);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tile_of_every_level_has_deep_zooms_size),
        cmocka_unit_test(every_tile_shows_its_part_of_the_source_within_the_expected_error),
        cmocka_unit_test(the_bounds_catch_a_tile_that_is_half_a_tile_out_of_place),
        cmocka_unit_test(tiles_just_outside_the_grid_do_not_exist),
        cmocka_unit_test(there_is_no_level_above_the_top),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
