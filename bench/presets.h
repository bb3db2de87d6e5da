/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_PRESETS_H
#define OG_BENCH_PRESETS_H
/*
 * The encoder's settings that bench_size tries: what users ask for by name, and a sweep between finest and coarsest.
 *
 * Threads: pure functions. Ownership: names are constant. Errors: none.
 */
#include "tool/settle.h"

enum { PRESETS = 3, SWEEP = 16 };

struct preset {
    const char *name;
    struct og_wish wish;
};

struct preset preset_named(unsigned i);

/* L0 by this step; L1 and base follow. */
struct preset preset_of_sweep(unsigned i);

#endif
