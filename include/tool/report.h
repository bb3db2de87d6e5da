/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_REPORT_H
#define OG_TOOL_REPORT_H
/*
 * What encode did, what a slide is and what verify found, for people and for machines. Nothing is told that was not
 * measured.
 *
 * Threads: one at a time. Ownership: borrow everything. Errors: those of the stream, which the caller checks;
 * NO_MEMORY.
 */
#include <stdio.h>

#include "slide/slide.h"
#include "tool/encode.h"
#include "tool/inspect.h"
#include "tool/verify.h"

void og_report_encoded(const char *path, const struct og_encode_result *result, FILE *out);
OG_CHECKED enum og_status og_report_encoded_json(const char *path, const struct og_encode_result *result, FILE *out,
                                                 struct og_error *err);

void og_report_slide(const char *path, const struct og_slide_facts *facts, const struct og_survey *survey, FILE *out);
OG_CHECKED enum og_status og_report_slide_json(const char *path, const struct og_slide_facts *facts,
                                               const struct og_survey *survey, FILE *out, struct og_error *err);

void og_report_inspected(const char *path, const struct og_slide_facts *facts, const struct og_inspected *found,
                         FILE *out);
void og_report_inspected_json(const char *path, const struct og_slide_facts *facts, const struct og_inspected *found,
                              FILE *out);

struct og_verified_names {
    const char *slide, *source;
    const char *pictures; /* the folder of the worst tiles' pictures; NULL: none were drawn */
};
void og_report_verified(const struct og_verified_names *names, const struct og_slide_facts *facts,
                        const struct og_verified *found, FILE *out);
void og_report_verified_json(const struct og_verified_names *names, const struct og_slide_facts *facts,
                             const struct og_verified *found, FILE *out);

#endif
