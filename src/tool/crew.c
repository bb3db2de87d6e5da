/* SPDX-License-Identifier: MIT */
#include "tool/crew.h"

#include <stdlib.h>

#include "base/thread.h"
#include "tool/window.h"
#include "tool/zorder.h"

struct og_crew {
    const struct og_plan *plan;
    const struct og_source *source;
    struct og_window *window;
    uint64_t count;
    unsigned started;
    struct og_thread workers[OG_CREW_THREADS_MAX];
};

uint64_t og_plan_families(const struct og_plan *plan)
{
    struct og_extent grid = og_pyramid_grid(&plan->pyramid, 2);
    return (uint64_t)grid.width * grid.height;
}

static void drop_made(void *item)
{
    struct og_made_family *made = item;
    og_made_family_destroy(&made);
}

/* The middles of `count` equal parts of the Z order. */
static struct og_cell cell_of(const struct og_crew *crew, uint64_t index)
{
    uint64_t at = (2 * index + 1) * og_plan_families(crew->plan) / (2 * crew->count);
    return og_zorder_cell(og_pyramid_grid(&crew->plan->pyramid, 2), at);
}

static void *work(void *argument)
{
    struct og_crew *crew = argument;
    struct og_family_maker *maker;
    struct og_error err = {0};
    uint64_t index;
    enum og_status status = og_family_maker_new(crew->plan, crew->source, &maker, &err);
    while (status == OG_OK && og_window_take(crew->window, &index)) {
        struct og_cell cell = cell_of(crew, index);
        struct og_made_family *made;
        status = og_family_maker_make(maker, cell.x, cell.y, &made, &err);
        if (status == OG_OK)
            og_window_give(crew->window, index, made);
    }
    if (status != OG_OK)
        og_window_fail(crew->window, &err);
    og_family_maker_destroy(&maker);
    return NULL;
}

enum og_status og_crew_start(const struct og_plan *plan, const struct og_source *source, unsigned threads,
                             uint64_t count, struct og_crew **out, struct og_error *err)
{
    struct og_crew *crew = *out = calloc(1, sizeof *crew);
    if (!crew || !(crew->window = og_window_new(count, 2 * threads + 2, drop_made)))
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    crew->plan = plan;
    crew->source = source;
    crew->count = count;
    while (crew->started < threads) {
        enum og_status status = og_thread_start(&crew->workers[crew->started], "encode", crew->started, work, crew);
        if (status != OG_OK)
            return og_error_set(err, status, "cannot start thread %u of %u", crew->started + 1, threads);
        crew->started++;
    }
    return OG_OK;
}

enum og_status og_crew_next(struct og_crew *crew, unsigned milliseconds, struct og_made_family **made,
                            struct og_error *err)
{
    void *item = NULL;
    enum og_status status = og_window_next(crew->window, milliseconds, &item, err);
    *made = item;
    return status;
}

void og_crew_end(struct og_crew **crew)
{
    struct og_crew *c = *crew;
    *crew = NULL;
    if (!c)
        return;
    if (c->window)
        og_window_stop(c->window);
    for (unsigned i = 0; i < c->started; i++)
        og_thread_join(&c->workers[i]);
    og_window_destroy(&c->window);
    free(c);
}
