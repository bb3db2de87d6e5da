/* SPDX-License-Identifier: MIT */
#include "tool/family_run.h"

#include "tool/parallel.h"

struct errand {
    const struct og_family_run *run;
    const struct og_cell *cells; /* of a sample; NULL: all, in Z order */
    bool look;
    og_take_family *take;
    void *context;
};

struct hand {
    const struct errand *errand;
    struct og_family_maker *maker;
};

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct hand *hand = worker;
    hand->errand = context;
    return og_family_maker_new(hand->errand->run->plan, hand->errand->run->source, &hand->maker, err);
}

static void leave(void *worker)
{
    struct hand *hand = worker;
    og_family_maker_destroy(&hand->maker);
}

static enum og_status make(void *worker, uint64_t piece, void *item, struct og_error *err)
{
    struct hand *hand = worker;
    const struct errand *errand = hand->errand;
    struct og_cell cell =
        errand->cells ? errand->cells[piece] : og_zorder_cell(og_pyramid_grid(&errand->run->plan->pyramid, 2), piece);
    return errand->look ? og_family_maker_look(hand->maker, cell.x, cell.y, item, err)
                        : og_family_maker_make(hand->maker, cell.x, cell.y, errand->cells != NULL, item, err);
}

static enum og_status hand_over(void *context, uint64_t piece, void *item, struct og_error *err)
{
    (void)piece;
    const struct errand *errand = context;
    return errand->take(errand->context, item, err);
}

static void release(void *item)
{
    og_made_family_release(item);
}

static bool watch(void *context)
{
    const struct errand *errand = context;
    return errand->run->watch(errand->run->watcher);
}

static enum og_status run_errand(struct errand errand, uint64_t count, struct og_error *err)
{
    struct og_parallel_work work = {.pieces = count,
                                    .worker_bytes = sizeof(struct hand),
                                    .item_bytes = sizeof(struct og_made_family),
                                    .context = &errand,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = hand_over,
                                    .release = release,
                                    .watch = watch};
    return og_parallel_run(&work, "encode", errand.run->threads, err);
}

enum og_status og_family_run_look(const struct og_family_run *run, const struct og_cell *cells, uint64_t count,
                                  og_take_family *take, void *context, struct og_error *err)
{
    return run_errand((struct errand){run, cells, true, take, context}, count, err);
}

enum og_status og_family_run_make(const struct og_family_run *run, const struct og_cell *cells, uint64_t count,
                                  og_take_family *take, void *context, struct og_error *err)
{
    return run_errand((struct errand){run, cells, false, take, context}, count, err);
}

enum og_status og_family_run_all(const struct og_family_run *run, og_take_family *take, void *context,
                                 struct og_error *err)
{
    return run_errand((struct errand){run, NULL, false, take, context}, og_pyramid_tiles(&run->plan->pyramid, 2), err);
}
