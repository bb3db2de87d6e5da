/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_SLIDE_SCORE_H
#define OG_BENCH_SLIDE_SCORE_H
/*
 * Codecs that know families, judged twice: as stored, which is what is rebuilt before the JPEG that is sent, and as
 * served, which is what a viewer decodes of that JPEG at the daemon's default quality.
 *
 * Threads:   a scoring runs its own workers; call it from the bench's main thread.
 * Ownership: borrows everything.
 * Errors:    whatever fails ends the bench with the reason.
 */
#include "outcome.h"
#include "picture.h"

struct both {
    struct outcome stored, served;
};

/* A slide that was made of the picture; its bytes are the file's. */
struct both slide_score(const char *path, const struct picture *picture);

/*
 * The published residual scheme: base in JPEG 4:4:4 with standard tables, tiles cut as Deep Zoom's; bilinear predictor
 * without RGB on the way; grey JPEG residuals with standard tables, edges repeated, in its bundle of LZ4 blocks.
 */
struct both published_score(int base_quality, int l1_quality, int l0_quality, const struct picture *picture);

#endif
