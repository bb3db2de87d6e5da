/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_SIZE_REPORT_H
#define OG_BENCH_SIZE_REPORT_H
/*
 * How bench_size speaks: an outcome, and the comparison of one with what another codec makes, most at the same L0 luma
 * PSNR, "no worse" where nothing is below what theirs has; "at" is theirs.
 *
 *     {"bench":"size","input":…,"pixels":…,"codec":…,"setting":…,"bytes":…,"L0":{"luma":…,"chroma":…,"rgb":…,"tissue":…,"ssim":…},…}
 *     {"bench":"size","input":…,"judged":"stored" or "served","at":…,"ours":…,"against":…,"ratio":…,"L0":{…},…}
 *
 *     {"bench":"size","input":…,"worst":preset,"x":…,"y":…,"psnr":…,"jpeg_quality":…,"jpeg_psnr":…}
 *
 * Differences in a comparison are ours less theirs: above zero we are nearer to the source.
 *
 * Threads: the bench's main thread. Ownership: borrows everything. Errors: none.
 */
#include "outcome.h"
#include "picture.h"
#include "report.h"
#include "worst_tile.h"

void size_report_outcome(const struct report *report, const struct picture *picture, const char *codec,
                         const char *setting, const struct outcome *outcome);

/* For pictures: PSNR and SSIM of L0 at the bits that a pixel of L0 takes; nothing in a table. */
void size_report_curve(const struct report *report, const struct picture *picture, const struct curve *curve);

struct comparison {
    const char *input, *judged, *ours, *against;
    struct outcome our, their;
};

void size_report_comparison(const struct report *report, const struct comparison *c);

void size_report_worst(const struct report *report, const char *input, const char *preset,
                       const struct worst_tile *worst);

#endif
