/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_POLICIES_H
#define OG_BENCH_POLICIES_H
/*
 * Caches as the books have them, exact and bounded in bytes, without the bytes: what keeps which tile, and nothing
 * else.
 *
 *     LRU       what was asked for longest ago goes first
 *     FIFO      what came first goes first
 *     S3-FIFO   a small queue for what came lately, a main queue for what was asked for again, a ghost of names that
 * left the small queue (Yang et al., SOSP 2023)
 *
 * Threads:   one. Ownership: new returns owned. Errors: new ends the program when memory is out.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum policy_kind { POLICY_LRU, POLICY_FIFO, POLICY_S3FIFO };

struct policy_options {
    enum policy_kind kind;
    size_t capacity;         /* bytes */
    double small_share;      /* of the capacity; the paper's is 0.1 */
    unsigned hits_for_main;  /* in the small queue; the paper's is 2 */
    double ghosts_per_entry; /* names remembered for each entry that is kept now; the paper's is 0.9 */
};

/* Tiles are numbers below `tiles`. */
struct policy *policy_new(const struct policy_options *options, uint32_t tiles);

/* Was it there? If not, it is from now on. */
bool policy_ask(struct policy *policy, uint32_t tile, size_t cost);

void policy_destroy(struct policy **policy);

#endif
