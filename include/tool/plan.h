/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PLAN_H
#define OG_TOOL_PLAN_H
/*
 * og_plan: what every part of an encoder must know: the slide's grid, and how the tiles of each depth are coded.
 *
 * Threads:   made and given its Huffman tables by one thread while no other uses it; constant for makers.
 * Ownership: make fills a plan that release empties.
 * Errors:    OG_UNSUPPORTED for a size that no slide has; OG_NO_MEMORY.
 */
#include "base/buf.h"
#include "image/jpeg_coder.h"
#include "image/kernels.h"
#include "slide/pyramid.h"

struct og_plan_settings {
    int base_quality; /* 1 … 100 */
    int l1_step;      /* 1 … 255 */
    double l0_step;   /* 1 … 255. Stored steps are whole: between two of them it is the nearer one, and a bit is
                         worth as much more or less as makes up for the difference */
    int chroma_step;  /* of L1's chroma residuals, 1 … 255; 0: there are none */
    bool trellis;     /* levels by rate and distortion; else rounded with a dead zone */
    struct og_tuning tuning;
};

/* By depth: residuals of L0 and L1 (with chroma or without), L2, and the last one for all coarser levels. */
enum { OG_PLAN_DEPTHS = 4, OG_PLAN_COARSER = 3 };

/* Symbols of a sample's tiles, families' depths only, of luma and of chroma. Adding them up in any order gives the
 * same.
 */
struct og_plan_counts {
    struct og_symbol_counts of[OG_PLAN_COARSER][2];
};

/* The quality of which libjpeg's scale makes this step of a table of 50; and hundredths of a step, 1 … 255. */
int og_plan_quality_of_step(int step);
int og_plan_share(int step, int hundredths);
int og_plan_whole_step(double step); /* the one that is stored */

struct og_plan {
    struct og_pyramid pyramid;
    struct og_prediction prediction;
    const struct og_kernels *kernels;
    struct og_jpeg_coding coding[OG_PLAN_DEPTHS];
    struct og_symbol_bits bits[OG_PLAN_DEPTHS][2];
    struct og_buf *tables[OG_PLAN_DEPTHS]; /* the streams that the pages carry */
};

/* With Huffman tables for what residuals and small pictures are mostly like. */
OG_CHECKED enum og_status og_plan_make(uint32_t width, uint32_t height, const struct og_plan_settings *settings,
                                       struct og_plan *out, struct og_error *err);

/* The best Huffman tables for these counts instead; coarser levels share L2's. */
OG_CHECKED enum og_status og_plan_fit(struct og_plan *plan, const struct og_plan_counts *counts, struct og_error *err);
void og_plan_add_counts(struct og_plan_counts *to, const struct og_plan_counts *counts);
void og_plan_release(struct og_plan *plan);

#endif
