/* SPDX-License-Identifier: MIT */
#include "paths.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/key.h"
#include "random.h"

enum { PLACES = 24, FIELDS_OF_A_VISIT = 512, BESIDE_A_PLACE = 384 };

static const double sample = 0.1, inertia = 0.3, standstill = 20, quarter_circle = 1.5707963267948966;

struct path_viewer {
    uint64_t state;
    double clock;
    uint32_t slide;
    unsigned depth;
    double x, y; /* the window's middle, in pixels of full size */
    unsigned places_left;
    struct path_field fields[FIELDS_OF_A_VISIT];
    unsigned next, count;
    struct path_tile kept[PATHS_KEPT]; /* a ring */
    unsigned kept_next, kept_count;
};

static double between(uint64_t *state, double least, double most)
{
    return least + (most - least) * random_share(state);
}

static unsigned random_rank(uint64_t *state, unsigned ranks)
{
    double sum = 0;
    for (unsigned i = 1; i <= ranks; i++)
        sum += 1.0 / i;
    double at = between(state, 0, sum);
    for (unsigned rank = 0; rank + 1 < ranks; rank++)
        if ((at -= 1.0 / (rank + 1)) < 0)
            return rank;
    return ranks - 1;
}

static const struct og_pyramid *pyramid_of(const struct paths *paths, const struct path_viewer *viewer)
{
    return &paths->plan.pyramids[viewer->slide];
}

static unsigned overview_depth(const struct og_pyramid *pyramid)
{
    unsigned depth = 0;
    struct og_extent size = og_pyramid_size(pyramid, depth);
    while (depth < pyramid->top && (size.width > PATHS_WINDOW_WIDTH || size.height > PATHS_WINDOW_HEIGHT))
        size = og_pyramid_size(pyramid, ++depth);
    return depth;
}

static void span(double middle, unsigned window, unsigned tile, uint32_t tiles, uint32_t *first, uint32_t *count)
{
    double from = floor((middle - window / 2.0) / tile), to = ceil((middle + window / 2.0) / tile);
    double least = fmin(fmax(from, 0), tiles - 1.0), most = fmax(fmin(to, tiles), least + 1);
    *first = (uint32_t)least;
    *count = (uint32_t)(most - least);
}

static bool is_same_view(const struct path_field *a, const struct path_field *b)
{
    return a->slide == b->slide && a->level == b->level && a->x == b->x && a->y == b->y && a->width == b->width &&
           a->height == b->height;
}

static void append(struct path_viewer *viewer, const struct path_field *field)
{
    if (viewer->count < FIELDS_OF_A_VISIT)
        viewer->fields[viewer->count++] = *field;
}

static void look(const struct paths *paths, struct path_viewer *viewer)
{
    const struct og_pyramid *pyramid = pyramid_of(paths, viewer);
    struct og_extent size = og_pyramid_size(pyramid, 0), grid = og_pyramid_grid(pyramid, viewer->depth);
    viewer->x = fmin(fmax(viewer->x, 0), size.width);
    viewer->y = fmin(fmax(viewer->y, 0), size.height);
    double scale = ldexp(1, -(int)viewer->depth);
    struct path_field field = {.due = viewer->clock,
                               .viewer = (unsigned)(viewer - paths->viewers),
                               .slide = viewer->slide,
                               .level = pyramid->top - viewer->depth};
    span(viewer->x * scale, PATHS_WINDOW_WIDTH, pyramid->tile, grid.width, &field.x, &field.width);
    span(viewer->y * scale, PATHS_WINDOW_HEIGHT, pyramid->tile, grid.height, &field.y, &field.height);
    assert(field.width * field.height <= PATHS_FIELD_TILES);
    if (!viewer->count || !is_same_view(&viewer->fields[viewer->count - 1], &field))
        append(viewer, &field);
}

static void open_slide(const struct paths *paths, struct path_viewer *viewer)
{
    viewer->slide = random_rank(&viewer->state, paths->plan.slides);
    const struct og_pyramid *pyramid = pyramid_of(paths, viewer);
    unsigned last = og_pyramid_last_depth(pyramid);
    viewer->depth = overview_depth(pyramid);
    viewer->x = pyramid->width / 2.0;
    viewer->y = pyramid->height / 2.0;
    viewer->places_left = 3 + random_below(&viewer->state, 4);
    append(viewer, &(struct path_field){.due = viewer->clock,
                                        .viewer = (unsigned)(viewer - paths->viewers),
                                        .thumbnail = true,
                                        .slide = viewer->slide,
                                        .level = pyramid->top - last,
                                        .width = 1,
                                        .height = 1});
    look(paths, viewer);
    viewer->clock += between(&viewer->state, 1, 3);
}

static void choose_place(const struct paths *paths, struct path_viewer *viewer, double *x, double *y)
{
    const struct og_pyramid *pyramid = pyramid_of(paths, viewer);
    uint64_t place = og_key_mix(og_key_mix(paths->plan.seed, viewer->slide), random_rank(&viewer->state, PLACES));
    *x = pyramid->width * between(&place, 0.1, 0.9) + between(&viewer->state, -BESIDE_A_PLACE, BESIDE_A_PLACE);
    *y = pyramid->height * between(&place, 0.1, 0.9) + between(&viewer->state, -BESIDE_A_PLACE, BESIDE_A_PLACE);
}

static unsigned choose_depth(struct path_viewer *viewer)
{
    uint32_t n = random_below(&viewer->state, 100);
    return n < 55 ? 0 : n < 85 ? 1 : 2;
}

static void zoom_to(const struct paths *paths, struct path_viewer *viewer, unsigned depth)
{
    while (viewer->depth != depth) {
        viewer->depth = viewer->depth > depth ? viewer->depth - 1 : viewer->depth + 1;
        look(paths, viewer);
        viewer->clock += between(&viewer->state, 0.25, 0.6);
    }
}

static void move(const struct paths *paths, struct path_viewer *viewer, double direction, double pixels)
{
    viewer->clock += sample;
    viewer->x += ldexp(cos(direction) * pixels, (int)viewer->depth);
    viewer->y += ldexp(sin(direction) * pixels, (int)viewer->depth);
    look(paths, viewer);
}

static void pan(const struct paths *paths, struct path_viewer *viewer, double direction)
{
    double speed = between(&viewer->state, 500, 2500), drag = between(&viewer->state, 0.3, 0.8);
    for (double held = 0; held < drag; held += sample)
        move(paths, viewer, direction, speed * sample);
    for (; speed > standstill; speed *= exp(-sample / inertia))
        move(paths, viewer, direction, speed * inertia * (1 - exp(-sample / inertia)));
}

static void visit(const struct paths *paths, struct path_viewer *viewer)
{
    double x, y, direction = between(&viewer->state, 0, 4 * quarter_circle);
    unsigned coarse = overview_depth(pyramid_of(paths, viewer)), depth = choose_depth(viewer);
    choose_place(paths, viewer, &x, &y);
    viewer->x = x;
    viewer->y = y;
    zoom_to(paths, viewer, depth < coarse ? depth : coarse);
    for (uint32_t strokes = 2 + random_below(&viewer->state, 6); strokes > 0; strokes--) {
        pan(paths, viewer, direction);
        viewer->clock += 0.3 + random_gap(&viewer->state, 0.9);
        direction += between(&viewer->state, -quarter_circle, quarter_circle);
    }
    zoom_to(paths, viewer, viewer->depth + 2 < coarse ? viewer->depth + 2 : coarse);
}

static void plan_more(const struct paths *paths, struct path_viewer *viewer)
{
    viewer->next = viewer->count = 0;
    if (viewer->places_left == 0) {
        open_slide(paths, viewer);
        return;
    }
    visit(paths, viewer);
    if (--viewer->places_left == 0) {
        zoom_to(paths, viewer, overview_depth(pyramid_of(paths, viewer)));
        viewer->clock += between(&viewer->state, 1, 3);
    }
}

void paths_open(struct paths *paths, const struct paths_plan *plan)
{
    *paths = (struct paths){.plan = *plan, .viewers = calloc(plan->viewers, sizeof *paths->viewers)};
    if (!paths->viewers) {
        fprintf(stderr, "bench: no memory for viewers\n");
        exit(1);
    }
    for (unsigned i = 0; i < plan->viewers; i++) {
        struct path_viewer *viewer = &paths->viewers[i];
        viewer->state = og_key_mix(plan->seed, i + 1);
        viewer->clock = between(&viewer->state, 0, plan->arrivals);
        plan_more(paths, viewer);
    }
}

struct path_field paths_next(struct paths *paths)
{
    struct path_viewer *first = NULL;
    for (unsigned i = 0; i < paths->plan.viewers; i++) {
        struct path_viewer *viewer = &paths->viewers[i];
        while (viewer->next == viewer->count)
            plan_more(paths, viewer);
        if (!first || viewer->fields[viewer->next].due < first->fields[first->next].due)
            first = viewer;
    }
    return first->fields[first->next++];
}

static bool keeps(const struct path_viewer *viewer, const struct path_tile *tile)
{
    for (unsigned i = 0; i < viewer->kept_count; i++) {
        const struct path_tile *kept = &viewer->kept[i];
        if (kept->x == tile->x && kept->y == tile->y && kept->level == tile->level && kept->slide == tile->slide)
            return true;
    }
    return false;
}

static void keep(struct path_viewer *viewer, const struct path_tile *tile)
{
    viewer->kept[viewer->kept_next] = *tile;
    viewer->kept_next = (viewer->kept_next + 1) % PATHS_KEPT;
    if (viewer->kept_count < PATHS_KEPT)
        viewer->kept_count++;
}

static double from_middle(const struct path_field *field, const struct path_tile *tile)
{
    return hypot(tile->x + 0.5 - field->x - field->width / 2.0, tile->y + 0.5 - field->y - field->height / 2.0);
}

size_t paths_wanted(struct paths *paths, const struct path_field *field, struct path_tile out[PATHS_FIELD_TILES])
{
    struct path_viewer *viewer = &paths->viewers[field->viewer];
    size_t count = 0;
    for (uint32_t i = 0; i < field->width * field->height; i++) {
        struct path_tile tile = {field->slide, field->level, field->x + i % field->width, field->y + i / field->width};
        if (keeps(viewer, &tile))
            continue;
        size_t at = count++;
        for (; at > 0 && from_middle(field, &out[at - 1]) > from_middle(field, &tile); at--)
            out[at] = out[at - 1];
        out[at] = tile;
    }
    for (size_t i = 0; i < count; i++)
        keep(viewer, &out[i]);
    return count;
}

void paths_close(struct paths *paths)
{
    free(paths->viewers);
    *paths = (struct paths){0};
}
