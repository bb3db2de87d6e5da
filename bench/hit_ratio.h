/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_HIT_RATIO_H
#define OG_BENCH_HIT_RATIO_H
/*
 * How often the tile cache has what is asked for, beside exact caches that see the same requests and are charged the
 * same bytes for each tile: an LRU, an S3-FIFO, a FIFO. The cache is a part of the working set: of the cost of all
 * tiles asked for. A request is a get, and on a miss a put, as the engine does it.
 *
 * Threads:   one. Ownership: none. Errors: no memory ends the program.
 */
#include "report.h"

/* Viewers and Zipf, 10 % of the working set, over several seeds; then hit ratio against the cache's size. */
void hit_ratio(const struct report *report);

/* S3-FIFO's parameters, one at a time and together, over several seeds: what the policy could be. */
void hit_ratio_parameters(const struct report *report);

#endif
