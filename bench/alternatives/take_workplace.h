/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_TAKE_WORKPLACE_H
#define OG_BENCH_TAKE_WORKPLACE_H
/*
 * What happens to a workplace when a family takes it: workplace_kept.c does nothing, workplace_fresh.c gives its memory
 * back and asks for new memory.
 *
 * Threads:   the caller's, who has just taken the place.
 * Ownership: the place stays whose it is.
 * Errors:    out of memory ends the bench.
 */
#include "workplace.h"

void take_workplace(struct og_workplace *place);

#endif
