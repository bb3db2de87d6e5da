/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_FAMILY_RUN_H
#define OG_TOOL_FAMILY_RUN_H
/*
 * og_family_run: families of a source, looked at or made by all threads and taken in order.
 *
 * Threads:   call it from one thread; `take` and `watch` run there (tool/parallel.h). The plan does not change
 * meanwhile. Ownership: borrows everything; take borrows the family. Errors:    of the source, the maker or take;
 * OG_STOPPING when watch said so.
 */
#include "tool/family_maker.h"
#include "tool/zorder.h"

struct og_family_run {
    const struct og_plan *plan;
    const struct og_source *source;
    unsigned threads;
    bool (*watch)(void *watcher); /* false: stop */
    void *watcher;
};

typedef enum og_status og_take_family(void *context, const struct og_made_family *made, struct og_error *err);

/* The families at `cells`: all that og_family_maker_make says of them, or only what og_family_maker_look says. */
OG_CHECKED enum og_status og_family_run_look(const struct og_family_run *run, const struct og_cell *cells,
                                             uint64_t count, og_take_family *take, void *context, struct og_error *err);
OG_CHECKED enum og_status og_family_run_make(const struct og_family_run *run, const struct og_cell *cells,
                                             uint64_t count, og_take_family *take, void *context, struct og_error *err);

/* Every family of the plan's pyramid, in Z order. */
OG_CHECKED enum og_status og_family_run_all(const struct og_family_run *run, og_take_family *take, void *context,
                                            struct og_error *err);

#endif
