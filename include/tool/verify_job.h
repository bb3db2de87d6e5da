/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_VERIFY_JOB_H
#define OG_TOOL_VERIFY_JOB_H
/*
 * What the verb verify does, once its command line makes sense: og_verify or og_inspect under a progress bar, deaf to
 * signals until somebody asks, and their reports.
 *
 * Threads: the main thread. Ownership: borrow everything. Errors: of both; OG_BELOW, and OG_DAMAGED after the report.
 */
#include <stdio.h>

#include "slide/slide.h"
#include "tool/options.h"

OG_CHECKED enum og_status og_verify_job(const char *input, const char *path, const struct og_slide *slide,
                                        const struct og_values *values, FILE *out, struct og_error *err);

OG_CHECKED enum og_status og_inspect_job(const char *path, const struct og_slide *slide, const struct og_values *values,
                                         FILE *out, struct og_error *err);

#endif
