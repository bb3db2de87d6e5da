/* SPDX-License-Identifier: MIT */
#include "stream.h"

#include "random.h"

static int limit(const struct stream *stream, const struct viewer *viewer, bool across)
{
    struct og_extent grid = og_pyramid_grid(&stream->pyramid, viewer->depth);
    int room = across ? (int)grid.width - WINDOW_WIDTH : (int)grid.height - WINDOW_HEIGHT;
    return room > 0 ? room : 0;
}

static int clamp(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static void turn_somewhere(struct stream *stream, struct viewer *viewer)
{
    do {
        viewer->dx = (int)random_below(&stream->state, 3) - 1;
        viewer->dy = (int)random_below(&stream->state, 3) - 1;
    } while (!viewer->dx && !viewer->dy);
}

void stream_open(struct stream *stream, enum stream_kind kind, const struct og_pyramid *pyramid, uint64_t seed)
{
    *stream = (struct stream){.kind = kind, .pyramid = *pyramid, .state = seed};
    for (unsigned i = 0; i < STREAM_VIEWERS; i++) {
        struct viewer *viewer = &stream->viewer[i];
        viewer->depth = random_below(&stream->state, 2);
        viewer->x = (int)random_below(&stream->state, (uint32_t)limit(stream, viewer, true) + 1);
        viewer->y = (int)random_below(&stream->state, (uint32_t)limit(stream, viewer, false) + 1);
        turn_somewhere(stream, viewer);
    }
}

static void move(struct stream *stream, struct viewer *viewer)
{
    if (random_below(&stream->state, 20) == 0) { /* zoom about the middle */
        bool in = viewer->depth == 1;
        viewer->x = in ? 2 * viewer->x + WINDOW_WIDTH / 2 : (viewer->x - WINDOW_WIDTH / 2) / 2;
        viewer->y = in ? 2 * viewer->y + WINDOW_HEIGHT / 2 : (viewer->y - WINDOW_HEIGHT / 2) / 2;
        viewer->depth = !viewer->depth;
    } else {
        viewer->x += viewer->dx;
        viewer->y += viewer->dy;
        if (random_below(&stream->state, 6) == 0)
            turn_somewhere(stream, viewer);
    }
    int x = clamp(viewer->x, limit(stream, viewer, true)), y = clamp(viewer->y, limit(stream, viewer, false));
    if (x != viewer->x)
        viewer->dx = -viewer->dx;
    if (y != viewer->y)
        viewer->dy = -viewer->dy;
    viewer->x = x;
    viewer->y = y;
}

static bool is_within(const struct viewer *viewer, uint32_t depth, int x, int y)
{
    return depth == viewer->depth && x >= viewer->x && x < viewer->x + WINDOW_WIDTH && y >= viewer->y &&
           y < viewer->y + WINDOW_HEIGHT;
}

static void take_step(struct stream *stream)
{
    struct viewer *viewer = &stream->viewer[stream->turn++ % STREAM_VIEWERS];
    struct viewer before = *viewer;
    bool arrived = stream->turn <= STREAM_VIEWERS; /* nothing in the window yet */
    if (!arrived)
        move(stream, viewer);
    struct og_extent grid = og_pyramid_grid(&stream->pyramid, viewer->depth);
    stream->next = stream->count = 0;
    for (int y = viewer->y; y < viewer->y + WINDOW_HEIGHT && y < (int)grid.height; y++)
        for (int x = viewer->x; x < viewer->x + WINDOW_WIDTH && x < (int)grid.width; x++)
            if (arrived || !is_within(&before, viewer->depth, x, y))
                stream->step[stream->count++] = (struct stream_tile){
                    .level = stream->pyramid.top - viewer->depth, .x = (uint32_t)x, .y = (uint32_t)y};
    stream->step[0].first = true;
}

static struct stream_tile anywhere(struct stream *stream)
{
    struct og_extent l0 = og_pyramid_grid(&stream->pyramid, 0), l1 = og_pyramid_grid(&stream->pyramid, 1);
    uint32_t fine = l0.width * l0.height, n = random_below(&stream->state, fine + l1.width * l1.height);
    uint32_t depth = n < fine ? 0 : 1;
    uint32_t width = depth ? l1.width : l0.width;
    n -= depth ? fine : 0;
    return (struct stream_tile){.level = stream->pyramid.top - depth, .x = n % width, .y = n / width, .first = true};
}

struct stream_tile stream_next(struct stream *stream)
{
    if (stream->kind == STREAM_COLD)
        return anywhere(stream);
    while (stream->next == stream->count)
        take_step(stream);
    return stream->step[stream->next++];
}
