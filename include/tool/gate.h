/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_GATE_H
#define OG_TOOL_GATE_H
/*
 * og_gate: how near to its source a slide's full size must be at least.
 *
 * Threads: pure. Ownership: a value. Errors: OG_BELOW, with the figures and the worst tile by what was demanded.
 */
#include "tool/tally.h"

struct og_gate {
    double min_psnr; /* of luma, in dB; 0: any */
    double min_ssim; /* 0: any. A level too small to have an SSIM passes */
};

OG_CHECKED enum og_status og_gate_check(const struct og_gate *gate, const struct og_tally *full_size,
                                        struct og_error *err);

#endif
