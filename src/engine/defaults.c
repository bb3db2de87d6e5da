/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "engine_parts.h"

enum { JOBS_DEFAULT = 1024, QUALITY_DEFAULT = 90 };

void og_engine_fill_defaults(struct og_engine_options *options)
{
    if (!options->workers)
        options->workers = og_thread_cores();
    if (!options->families)
        options->families = 2 * options->workers + 2;
    if (!options->jobs)
        options->jobs = JOBS_DEFAULT;
    if (!options->quality)
        options->quality = QUALITY_DEFAULT;
    if (!options->clock)
        options->clock = og_clock_monotonic_ns;
}
