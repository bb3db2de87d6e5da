/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_PREDICTION_H
#define OG_BASE_PREDICTION_H
/*
 * How a level's samples are predicted from the next coarser one, and its residuals smoothed before they are added;
 * image/kernels.h defines the arithmetic.
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
#define OG_PREDICTOR_NAME       "six-tap-smooth"
#define OG_PREDICTOR_NAME_CUBIC "cubic-64"

enum { OG_SMOOTHING_REACH = 2, OG_SMOOTHING_SUM = 64, OG_SMOOTHING_SIZE_MAX = 255 };
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

/*
 * Weights of a residual's samples around one, in 1/64: of[v][u] for the four, two or one that lie v rows and u columns
 * away. Quantised blocks have errors with edges between them: a mean over neighbours is nearer to what was coded.
 */
struct og_smoothing {
    int8_t of[OG_SMOOTHING_REACH + 1][OG_SMOOTHING_REACH + 1];
};

extern const struct og_smoothing og_smoothing_none; /* leaves residuals as they are */

/* The sizes of all 25 add up to OG_SMOOTHING_SIZE_MAX at most: then every sum fits 16 bits. */
bool og_smoothing_is_valid(const struct og_smoothing *smoothing);

/* What is predicted with taps of its own. */
enum og_predicted {
    OG_PREDICTED_L0,     /* luma of L0 from that of L1 */
    OG_PREDICTED_L1,     /* luma of L1 from that of L2 */
    OG_PREDICTED_CHROMA, /* chroma at L1's resolution from L2's */
    OG_PREDICTED,
};

/* The weights that one slide is rebuilt with. */
struct og_tuning {
    struct og_taps taps[OG_PREDICTED];
    struct og_smoothing smoothing; /* of L0's residuals */
};

/* How the families of one slide are rebuilt. */
struct og_prediction {
    enum og_predictor predictor;
    struct og_tuning tuning; /* of OG_PREDICTOR_TAPS; else zeros: nothing is smoothed either */
    bool corrects_chroma;    /* L1 residuals correct chroma too */
};

/* Whether residuals of L0 are changed before they are added. */
bool og_prediction_smooths(const struct og_prediction *prediction);

#endif
