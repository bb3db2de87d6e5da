/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_OUTCOME_H
#define OG_BENCH_OUTCOME_H
/*
 * What a codec made of a picture: the bytes of all levels and the fidelity of the three finest; a codec's curve of them
 * over its settings.
 *
 * Threads: values. Ownership: labels are borrowed. Errors: none.
 */
#include <stdbool.h>
#include <stdint.h>

#include "tool/tally.h"

enum { OUTCOME_DEPTHS = 3, CURVE_POINTS = 24 };

struct outcome_level {
    double luma, chroma, rgb; /* PSNR in dB */
    double tissue;            /* luma's, of the tiles that show more than glass */
    double ssim;              /* of luma */
};

struct outcome {
    double bytes;
    struct outcome_level level[OUTCOME_DEPTHS]; /* by depth */
};

struct outcome outcome_of(uint64_t bytes, const struct og_tally tally[OUTCOME_DEPTHS]);

struct curve {
    const char *codec;
    struct outcome point[CURVE_POINTS]; /* in rising order of L0's luma PSNR */
    unsigned points;
};

void curve_add(struct curve *curve, const struct outcome *outcome);

/* Between its points, by L0's luma PSNR: bytes by their logarithm. False where the curve does not reach. */
bool curve_at(const struct curve *curve, double luma_psnr, struct outcome *out);

/* The first place, in steps of 0.01 dB, where nothing that is compared at an equal luma PSNR is below `than`: luma,
 * chroma and SSIM of every level, L0's luma included. */
bool curve_no_worse(const struct curve *curve, const struct outcome *than, struct outcome *out);

#endif
