/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_ENCODE_JOB_H
#define OG_TOOL_ENCODE_JOB_H
/*
 * What the verbs encode and demo share: og_encode under a progress bar, deaf to signals while a file is half written,
 * and its summary.
 *
 * Threads: the main thread. Ownership: borrow everything. Errors: as og_encode.
 */
#include <stdio.h>

#include "tool/options.h"

/* What only a slide can be asked for, and what an ordinary picture can be asked for, too. */
#define OG_TAKES_SLIDE                                                                                                 \
    (OG_TAKES(PRESET) | OG_TAKES(BASE_QUALITY) | OG_TAKES(L1_STEP) | OG_TAKES(L0_STEP) | OG_TAKES(CHROMA_STEP) |       \
     OG_TAKES(NO_CHROMA) | OG_TAKES(NO_TRELLIS) | OG_TAKES(MIN_PSNR) | OG_TAKES(MIN_SSIM) | OG_TAKES(JSON))
#define OG_TAKES_ENCODE (OG_TAKES_SLIDE | OG_TAKES(THREADS) | OG_TAKES(QUIET))

OG_CHECKED enum og_status og_encode_job(const struct og_source *source, const struct og_values *values, FILE *out,
                                        struct og_error *err);

#endif
