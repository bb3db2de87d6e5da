/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_RANDOM_H
#define OG_BENCH_RANDOM_H
/*
 * Chance that is the same for the same seed: splitmix64, whose state is one number.
 *
 * Threads:   a state or a law belongs to one thread at a time; a law may be drawn from by several.
 * Ownership: zipf_open fills the caller's struct; zipf_close gives its table back.
 * Errors:    no memory ends the program.
 */
#include <stdint.h>

uint64_t random_bits(uint64_t *state);
uint32_t random_below(uint64_t *state, uint32_t bound); /* 0 … bound - 1 */
double random_share(uint64_t *state);                   /* 0 … 1, which it never is */
double random_gap(uint64_t *state, double mean);        /* exponential: the gap between arrivals that know no other */

/* Zipf's law with exponent 1 over ranks from 0, the one most asked for. */
struct zipf {
    double *sums;
    uint32_t ranks;
};

void zipf_open(struct zipf *zipf, uint32_t ranks);
uint32_t zipf_draw(const struct zipf *zipf, uint64_t *state);
void zipf_close(struct zipf *zipf);

#endif
