/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_CREW_H
#define OG_TOOL_CREW_H
/*
 * og_crew: threads that make a slide's families, all of them or a sample spread evenly over it, handed out in Z order
 * whoever was faster, and never more than a few ahead of who takes them.
 *
 * Threads:   start, next and end from one thread.
 * Ownership: borrows plan and source until end; next hands over an owned family.
 * Errors:    of the makers, the first one in time.
 */
#include "tool/family_maker.h"

enum { OG_CREW_THREADS_MAX = 256 };

struct og_crew;

/* `count` families of all that the plan's slide has. */
OG_CHECKED enum og_status og_crew_start(const struct og_plan *plan, const struct og_source *source, unsigned threads,
                                        uint64_t count, struct og_crew **out, struct og_error *err);

/* OG_PENDING when the next one is not there after `milliseconds`. */
OG_CHECKED enum og_status og_crew_next(struct og_crew *crew, unsigned milliseconds, struct og_made_family **made,
                                       struct og_error *err);
void og_crew_end(struct og_crew **crew); /* also before all was taken: what is under way is thrown away */

uint64_t og_plan_families(const struct og_plan *plan);

#endif
