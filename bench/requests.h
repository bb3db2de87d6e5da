/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_REQUESTS_H
#define OG_BENCH_REQUESTS_H
/*
 * Long sequences of requests for tiles, as numbers, with what each tile costs in a cache.
 *
 *     viewers   48 viewers on the paths of paths.h over 16 slides of 40000 x 30000 pixels, in the order of their
 * moments zipf      65536 tiles asked for by Zipf's law with exponent 1, independently: no path, nothing near anything
 *
 * Sizes are drawn from the seed and the tile: three tiles in ten show glass and take 1.2 KB; the others have a median
 * of 20 KB, with two in three between 13 and 31 KB.
 *
 * Threads:   a value. Ownership: made by the functions below, given back by requests_free. Errors: no memory ends the
 *            program.
 */
#include <stddef.h>
#include <stdint.h>

struct requests {
    size_t count;
    uint32_t *tiles; /* numbers below `distinct`, in order of their first request */
    uint32_t distinct;
    uint32_t *sizes; /* of each tile, bytes of JPEG */
};

struct requests requests_of_viewers(size_t count, uint64_t seed);
struct requests requests_of_zipf(size_t count, uint64_t seed);
void requests_free(struct requests *requests);

#endif
