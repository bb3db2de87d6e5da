/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/kernels.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/served.h"
#include "tool/encode.h"
#include "tool/rebuild.h"
#include "tool/source.h"
#include "tool/tissue.h"

/*
 * No prediction reads across a family's border. That must not show. Three measures are taken along every border of a
 * tile where two families meet (x a multiple of 1024 at L0, 512 at L1), where two tiles of a family meet, and along the
 * middle of tiles:
 *
 *     strip     mean squared error of the four columns on either side
 *     contrast  mean |served(x) - served(x-1)| minus the same in the source: edges that the picture does not have
 *     step      |mean of error(x) - error(x-1)|: one side brighter than the other
 *
 * each minus its mean on the two parallel lines 64 pixels away, so that what the picture happens to show there cancels.
 * All these lines are borders of JPEG blocks of all three levels; rows and columns are treated alike.
 */
enum { TILE = 256, AWAY = 64, REACH = 4, WIDTH = 4096, HEIGHT = 3072 };

enum measure { STRIP, CONTRAST, STEP, MEASURES };
enum where { FAMILY_BORDER, TILE_BORDER, INSIDE, WHERES };

struct level {
    int family; /* side of a family in pixels */
    struct og_plane served, source;
};

/* How the tiles are sent: as the daemon sends them, and hardly touched, which shows what was rebuilt. */
enum sent { AS_SERVED, AS_REBUILT, WAYS };

struct slide {
    struct folder *folder;
    struct level level[WAYS][2]; /* by depth */
};

/* A line of TILE pixels between sample `at - 1` and sample `at` of rows (or, turned, columns). */
struct line {
    int at, from;
    bool turned;
};

static int sample(const struct og_plane *p, const struct line *line, int along, int across)
{
    int a = line->from + along, b = line->at + across;
    return line->turned ? p->data[b * p->stride + a] : p->data[a * p->stride + b];
}

static void look(const struct level *level, const struct line *line, double out[MEASURES])
{
    long square = 0, contrast = 0, step = 0;
    for (int i = 0; i < TILE; i++) {
        for (int j = -REACH; j < REACH; j++) {
            int e = sample(&level->served, line, i, j) - sample(&level->source, line, i, j);
            square += e * e;
        }
        int served = sample(&level->served, line, i, 0) - sample(&level->served, line, i, -1);
        int source = sample(&level->source, line, i, 0) - sample(&level->source, line, i, -1);
        contrast += abs(served) - abs(source);
        step += served - source;
    }
    out[STRIP] = (double)square / (TILE * 2 * REACH);
    out[CONTRAST] = (double)contrast / TILE;
    out[STEP] = fabs((double)step) / TILE;
}

struct sum {
    double n, sum, squares;
};

static void add(struct sum *sum, double value)
{
    sum->n++;
    sum->sum += value;
    sum->squares += value * value;
}

static double mean(const struct sum *sum)
{
    return sum->sum / sum->n;
}

/* The square of the mean's standard error. */
static double doubt(const struct sum *sum)
{
    return (sum->squares / sum->n - mean(sum) * mean(sum)) / (sum->n - 1);
}

struct survey {
    struct sum excess[MEASURES][WHERES], nearby[MEASURES];
};

static void visit(const struct level *level, struct line line, enum where where, struct survey *survey)
{
    double here[MEASURES], before[MEASURES], behind[MEASURES];
    look(level, &line, here);
    line.at -= AWAY;
    look(level, &line, before);
    line.at += 2 * AWAY;
    look(level, &line, behind);
    for (int m = 0; m < MEASURES; m++) {
        add(&survey->nearby[m], (before[m] + behind[m]) / 2);
        add(&survey->excess[m][where], here[m] - (before[m] + behind[m]) / 2);
    }
}

static void survey_make(const struct level *level, struct survey *survey)
{
    *survey = (struct survey){0};
    for (int turned = 0; turned < 2; turned++) {
        int across = turned ? level->source.height : level->source.width;
        int along = turned ? level->source.width : level->source.height;
        for (int at = TILE / 2; at < across; at += TILE / 2)
            for (int from = 0; from < along; from += TILE)
                visit(level, (struct line){at, from, turned},
                      at % level->family == 0 ? FAMILY_BORDER
                      : at % TILE == 0        ? TILE_BORDER
                                              : INSIDE,
                      survey);
    }
}

/*
 * By how much family borders may exceed other places, beyond three standard errors of the difference: a twentieth of
 * the error found everywhere, and far less than a grey level. Both sides of a family's border are predicted without the
 * other; before the last JPEG, whose own blocks hide it, this costs a third of a grey level of contrast, where any
 * border of blocks has 1.4. Borders of tiles may show a quarter of a level more: residuals are smoothed up to them.
 */
static double slack(enum measure measure, enum where where, enum sent sent, const struct survey *survey)
{
    double of_tile = where == TILE_BORDER ? 0.25 : 0;
    const double slacks[MEASURES] = {[STRIP] = mean(&survey->nearby[STRIP]) / 20,
                                     [CONTRAST] = of_tile + (sent == AS_SERVED ? 0.1 : 0.5),
                                     [STEP] = 0.05};
    return slacks[measure];
}

static bool shows(enum measure measure, enum where where, enum where elsewhere, enum sent sent,
                  const struct survey *survey)
{
    const struct sum *here = &survey->excess[measure][where], *there = &survey->excess[measure][elsewhere];
    double tolerance = 3 * sqrt(doubt(here) + doubt(there)) + slack(measure, where, sent, survey);
    return !(mean(here) <= mean(there) + tolerance);
}

/* The measures, as a mask, that are larger at family borders than elsewhere, or at tile borders than inside. */
static unsigned seams(const struct level *level, enum sent sent, struct survey *survey)
{
    unsigned found = 0;
    survey_make(level, survey);
    for (enum measure m = 0; m < MEASURES; m++)
        if (shows(m, FAMILY_BORDER, TILE_BORDER, sent, survey) || shows(m, FAMILY_BORDER, INSIDE, sent, survey) ||
            shows(m, TILE_BORDER, INSIDE, sent, survey))
            found |= 1u << m;
    return found;
}

static void expect_seamless(const struct level *level, enum sent sent)
{
    static const char *const names[MEASURES] = {"strip", "contrast", "step"};
    struct survey s;
    if (seams(level, sent, &s) == 0)
        return;
    for (enum measure m = 0; m < MEASURES; m++) {
        print_error("%-8s nearby %6.3f", names[m], mean(&s.nearby[m]));
        for (enum where w = 0; w < WHERES; w++)
            print_error(", %+.3f ± %.3f", mean(&s.excess[m][w]), sqrt(doubt(&s.excess[m][w])));
        print_error("\n");
    }
    fail_msg("family borders of %d show (columns above: family border, tile border, inside)", level->family);
}

static struct og_plane plane_new(int width, int height)
{
    return (struct og_plane){.data = malloc((size_t)width * height), .stride = width, .width = width, .height = height};
}

static void must(enum og_status status, const struct og_error *err)
{
    if (status != OG_OK)
        fail_msg("%s", err->text);
}

static void encode(const struct slide *s, const struct og_tissue *tissue)
{
    struct og_error err = {0};
    struct og_source *source;
    struct og_encode_options options = {.wish = {.l0_step = 10, .trellis = true}};
    struct og_encode_result result;
    char path[128];
    snprintf(path, sizeof path, "%s/seam.tif", s->folder->path);
    must(og_source_open_tissue(tissue, &source, &err), &err);
    must(og_encode(source, path, &options, &result, &err), &err);
    og_source_close(&source);
}

static void draw(const struct og_tissue *tissue, const struct og_plane *full, const struct og_plane *half)
{
    size_t pixels = (size_t)full->width * full->height;
    uint8_t *rgb = malloc(pixels * 3), *cb = malloc(pixels), *cr = malloc(pixels);
    og_tissue_render(tissue, 0, 0, tissue->width, tissue->height, rgb, 3 * (ptrdiff_t)full->width);
    og_kernels_scalar.rgb_to_ycc(rgb, pixels, full->data, cb, cr);
    free(rgb);
    free(cb);
    free(cr);
    for (int y = 0; y < half->height; y++)
        for (int x = 0; x < half->width; x++) {
            const uint8_t *p = full->data + 2 * y * full->stride + 2 * x;
            half->data[y * half->stride + x] = (uint8_t)((p[0] + p[1] + p[full->stride] + p[full->stride + 1] + 2) / 4);
        }
}

static void rebuild_level(struct og_rebuilder *rebuilder, const struct og_slide *slide, unsigned depth, int quality,
                          const struct og_plane *to)
{
    uint32_t level = og_slide_facts(slide)->pyramid.top - depth;
    struct og_error err = {0};
    for (int y = 0; y < to->height; y += TILE)
        for (int x = 0; x < to->width; x += TILE) {
            struct og_buf *buf;
            uint8_t *luma;
            int width, height;
            must(
                og_rebuilder_tile(rebuilder, slide, level, (uint32_t)x / TILE, (uint32_t)y / TILE, quality, &buf, &err),
                &err);
            assert_true(jpeg_pixels(buf, 1, &luma, &width, &height));
            for (int row = 0; row < height; row++)
                memcpy(to->data + (y + row) * to->stride + x, luma + row * width, (size_t)width);
            free(luma);
            og_buf_unref(&buf);
        }
}

static void rebuild(const struct slide *s)
{
    static const int quality[WAYS] = {[AS_SERVED] = OG_REBUILD_QUALITY_DEFAULT, [AS_REBUILT] = 100};
    struct og_error err = {0};
    struct og_slide *slide;
    int directory = open(s->folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(og_slide_open(directory, "seam.tif", 1, &slide, &err), &err);
    close(directory);
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    for (int sent = 0; sent < WAYS; sent++)
        for (unsigned depth = 0; depth < 2; depth++)
            rebuild_level(rebuilder, slide, depth, quality[sent], &s->level[sent][depth].served);
    og_rebuilder_destroy(&rebuilder);
    og_slide_unref(&slide);
}

static int setup(void **state)
{
    struct slide *s = calloc(1, sizeof *s);
    struct og_plane source[2] = {plane_new(WIDTH, HEIGHT), plane_new(WIDTH / 2, HEIGHT / 2)};
    for (int sent = 0; sent < WAYS; sent++)
        for (int depth = 0; depth < 2; depth++)
            s->level[sent][depth] = (struct level){.family = 4 * TILE >> depth,
                                                   .served = plane_new(WIDTH >> depth, HEIGHT >> depth),
                                                   .source = source[depth]};
    struct og_tissue tissue;
    og_tissue_make(WIDTH, HEIGHT, 1, 0, &tissue);
    draw(&tissue, &source[0], &source[1]);
    s->folder = folder_make();
    encode(s, &tissue);
    rebuild(s);
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct slide *s = *state;
    for (int depth = 0; depth < 2; depth++) {
        free(s->level[AS_SERVED][depth].source.data);
        for (int sent = 0; sent < WAYS; sent++)
            free(s->level[sent][depth].served.data);
    }
    folder_remove(&s->folder);
    free(s);
    return 0;
}

static void what_is_served_shows_no_more_error_at_family_borders_than_elsewhere(void **state)
{
    struct slide *s = *state;
    expect_seamless(&s->level[AS_SERVED][0], AS_SERVED);
    expect_seamless(&s->level[AS_SERVED][1], AS_SERVED);
}

static void nor_does_what_is_rebuilt(void **state)
{
    struct slide *s = *state;
    expect_seamless(&s->level[AS_REBUILT][0], AS_REBUILT);
    expect_seamless(&s->level[AS_REBUILT][1], AS_REBUILT);
}

/* How an artificial seam changes a sample whose distances from the family's left and upper border are x and y. */
typedef int (*flaw_fn)(int x, int y, int family);

/* Which measures find the flaw when it is put into what is served? */
static unsigned found(const struct level *level, flaw_fn flaw)
{
    struct level spoilt = *level;
    struct survey survey;
    spoilt.served = plane_new(level->served.width, level->served.height);
    for (int y = 0; y < spoilt.served.height; y++)
        for (int x = 0; x < spoilt.served.width; x++) {
            int v = level->served.data[y * level->served.stride + x] + flaw(x, y, level->family);
            spoilt.served.data[y * spoilt.served.stride + x] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
    unsigned mask = seams(&spoilt, AS_SERVED, &survey);
    free(spoilt.served.data);
    return mask;
}

static int coarse_rim(int x, int y, int family)
{
    bool rim = (x + 2) % family < 4 || (y + 2) % family < 4;
    return !rim ? 0 : (x + y) % 2 ? 4 : -4;
}

static int dark_line(int x, int y, int family)
{
    return x % family == 0 || y % family == 0 ? -3 : 0;
}

static int chequered_families(int x, int y, int family)
{
    return (x / family + y / family) % 2;
}

static void expect_found(const struct slide *s, flaw_fn flaw, unsigned measures)
{
    for (int depth = 0; depth < 2; depth++)
        assert_int_equal(found(&s->level[AS_SERVED][depth], flaw) & measures, measures);
}

static void noise_of_four_grey_levels_on_the_rim_of_families_is_found(void **state)
{
    expect_found(*state, coarse_rim, 1u << STRIP | 1u << CONTRAST);
}

static void a_line_three_grey_levels_darker_between_families_is_found(void **state)
{
    expect_found(*state, dark_line, 1u << STEP);
}

static void families_one_grey_level_brighter_than_their_neighbours_are_found(void **state)
{
    expect_found(*state, chequered_families, 1u << STEP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_served_shows_no_more_error_at_family_borders_than_elsewhere),
        cmocka_unit_test(nor_does_what_is_rebuilt),
        cmocka_unit_test(noise_of_four_grey_levels_on_the_rim_of_families_is_found),
        cmocka_unit_test(a_line_three_grey_levels_darker_between_families_is_found),
        cmocka_unit_test(families_one_grey_level_brighter_than_their_neighbours_are_found),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
