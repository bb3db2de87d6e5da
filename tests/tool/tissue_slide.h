/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_TOOL_TISSUE_SLIDE_H
#define OG_TESTS_TOOL_TISSUE_SLIDE_H
/*
 * Slides of generated tissue with the usual steps.
 *
 * Threads: the test's own. Ownership: a slide that was opened is the caller's to unref. Errors: fail the test.
 */
#include "slide/slide.h"
#include "support/folder.h"
#include "tool/rebuild.h"
#include "tool/tissue.h"

void slide_encode(const struct folder *folder, const char *name, const struct og_tissue *tissue);
struct og_slide *slide_open(const struct folder *folder, const char *name);

/* A slide of its own, "s.tif", in a folder of its own, and what rebuilds its tiles. */
struct rebuilt {
    struct folder *folder;
    struct og_tissue tissue;
    struct og_slide *slide;
    struct og_rebuilder *rebuilder;
};

int rebuilt_make(void **state, uint32_t width, uint32_t height, uint32_t seed, unsigned glass);
int rebuilt_end(void **state);

#endif
