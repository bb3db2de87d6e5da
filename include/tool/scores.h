/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SCORES_H
#define OG_TOOL_SCORES_H
/*
 * og_scores: a level's fidelity and how its tiles share in it: what og_tally adds up, CIEDE2000, the worst tile by each
 * measure, a histogram. A value, zero at the start.
 *
 * CIEDE2000 costs many times what everything else does, so it is taken of every fourth pixel of each row: from the
 * first, third, second and fourth on in turn, so that all places in a 2 x 2 block of chroma count alike.
 *
 * Threads:   a value. Sums depend on the order of merging only in their last digits: merge in a fixed one.
 * Ownership: borrows planes for a call.
 * Errors:    none.
 */
#include "image/colour_difference.h"
#include "tool/tally.h"

/* What scoring looks up; does not change after make. */
struct og_scorer {
    const struct og_kernels *kernels;
    struct og_lab_scale lab;
};
void og_scorer_make(struct og_scorer *out);

struct og_tile_score {
    uint32_t x, y;
    double psnr_luma, psnr_chroma, psnr_rgb;
    double ssim;    /* OG_NO_SSIM where the tile is too small for a window */
    double delta_e; /* mean */
};

#define OG_NO_SSIM 2.0 /* more than any SSIM */

enum { OG_SCORE_BINS = 100 }; /* of one dB luma PSNR each, from 0 on */

struct og_scores {
    uint64_t tiles;
    struct og_tally tally;
    double delta_e;          /* sum … */
    uint64_t delta_e_pixels; /* … over so many */
    struct og_tile_score worst_delta_e;
    uint64_t bins[OG_SCORE_BINS];
};

/* One tile, as og_tally_tile takes it. */
struct og_tile_score og_scores_tile(struct og_scores *scores, const struct og_scorer *scorer, uint32_t x, uint32_t y,
                                    const struct og_tally_source *source, const struct og_plane tile[3],
                                    bool chroma_halved);

void og_scores_merge(struct og_scores *into, const struct og_scores *from);

double og_scores_delta_e(const struct og_scores *scores); /* mean */

#endif
