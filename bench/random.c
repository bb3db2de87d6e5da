/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t random_below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((random_bits(state) >> 32) * bound >> 32);
}

double random_share(uint64_t *state)
{
    return (double)(random_bits(state) >> 11) / 0x1p53;
}

double random_gap(uint64_t *state, double mean)
{
    return -mean * log(1 - random_share(state));
}

void zipf_open(struct zipf *zipf, uint32_t ranks)
{
    *zipf = (struct zipf){.sums = calloc(ranks, sizeof *zipf->sums), .ranks = ranks};
    if (!zipf->sums) {
        fprintf(stderr, "bench: no memory for Zipf's law\n");
        exit(1);
    }
    for (uint32_t i = 0; i < ranks; i++)
        zipf->sums[i] = (i ? zipf->sums[i - 1] : 0) + 1.0 / (i + 1);
}

uint32_t zipf_draw(const struct zipf *zipf, uint64_t *state)
{
    uint32_t low = 0, high = zipf->ranks - 1;
    double at = zipf->sums[high] * random_share(state);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (zipf->sums[middle] > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void zipf_close(struct zipf *zipf)
{
    free(zipf->sums);
    *zipf = (struct zipf){0};
}
