/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_PREDICTION_H
#define OG_BASE_PREDICTION_H
/*
 * How a level's samples are predicted from the next coarser one; image/kernels.h defines the arithmetic.
 *
 * Threads: values. Ownership: none. Errors: none.
 */
#include <stdbool.h>
#include <stdint.h>

enum og_predictor {
    OG_PREDICTOR_TAPS,             /* ours: weights that the slide tells */
    OG_PREDICTOR_BILINEAR,         /* of the published residual layout: sums rounded down */
    OG_PREDICTOR_BILINEAR_ROUNDED, /* the same, rounded to nearest */
    OG_PREDICTORS,
};

/* What the description of a slide calls OG_PREDICTOR_TAPS, and one of fixed weights, og_taps_cubic. */
#define OG_PREDICTOR_NAME       "six-tap"
#define OG_PREDICTOR_NAME_CUBIC "cubic-64"

enum { OG_TAPS = 6, OG_TAPS_OWN = 3, OG_TAPS_SUM = 64, OG_TAPS_POSITIVE_MAX = 127 };

/* Weights of s[i-3] … s[i+2] for sample 2i, in 1/64; mirrored, of s[i+3] … s[i-2], for sample 2i+1. */
struct og_weights {
    int8_t of[OG_TAPS];
};

/* Down the columns, and along the rows. Scanners see a little sharper in one of the directions. */
struct og_taps {
    struct og_weights down, along;
};

extern const struct og_taps og_taps_cubic;

/* Both add up to OG_TAPS_SUM, those above zero to OG_TAPS_POSITIVE_MAX at most: then every sum fits 16 bits. */
bool og_taps_are_valid(const struct og_taps *taps);

/* What is predicted with taps of its own. */
enum og_predicted {
    OG_PREDICTED_L0,     /* luma of L0 from that of L1 */
    OG_PREDICTED_L1,     /* luma of L1 from that of L2 */
    OG_PREDICTED_CHROMA, /* chroma at L1's resolution from L2's */
    OG_PREDICTED,
};

/* How the families of one slide are rebuilt. */
struct og_prediction {
    enum og_predictor predictor;
    struct og_taps taps[OG_PREDICTED]; /* of OG_PREDICTOR_TAPS; else zeros */
    bool corrects_chroma;              /* L1 residuals correct chroma too */
};

#endif
