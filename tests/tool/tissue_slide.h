/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_TOOL_TISSUE_SLIDE_H
#define OG_TESTS_TOOL_TISSUE_SLIDE_H
/*
 * Slides of generated tissue with the usual steps.
 *
 * Threads: the test's own. Ownership: the slide is the caller's to unref. Errors: fail the test.
 */
#include "slide/slide.h"
#include "support/folder.h"
#include "tool/tissue.h"

void slide_encode(const struct folder *folder, const char *name, const struct og_tissue *tissue);
struct og_slide *slide_open(const struct folder *folder, const char *name);

#endif
