/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_VERIFY_H
#define OG_TOOL_VERIFY_H
/*
 * og_verify: a slide against its source: every stored level, every tile, rebuilt as the daemon does (tool/unpack.h) up
 * to the last JPEG step, against the source halved as the encoder halves it. What it finds for L0, L1 and L2 is to the
 * last digit what the encoder wrote into the slide, whoever wrote the bytes in between. Slides of the published
 * residual layout, which do not describe themselves, are measured alike.
 *
 *     workers:  family in Z order ─► source pixels, halved twice ─┬► scores of L2, L1, L0
 *                             └────► slide's streams ─► planes ───┘        │ in order
 *     caller:                        levels above, halved on, scored ◄─────┘
 *
 * Threads:   call it from one thread; figures do not depend on the number of workers.
 * Ownership: borrows everything; the result is a value.
 * Errors:    of the source; OG_UNSUPPORTED for another size than the slide's; OG_DAMAGED at the first damaged tile,
 *            which is named; OG_STOPPING when the watcher said so.
 */
#include "slide/profile.h"
#include "slide/slide.h"
#include "tool/scores.h"
#include "tool/source.h"

enum { OG_WORST_MAX = 100, OG_WORST_DEFAULT = 8 };

struct og_verify_options {
    unsigned threads; /* at most OG_PARALLEL_MAX; 0: one per core */
    unsigned worst;   /* how many of the worst tiles are kept, at most OG_WORST_MAX */

    /* Called after each family and a few times a second; false: stop. */
    bool (*watch)(void *context, uint64_t pixels_done, uint64_t pixels);
    void *context;
};

/* Is the source the file that the slide was made from, by its digest? */
enum og_same_file { OG_FILE_UNKNOWN, OG_FILE_SAME, OG_FILE_OTHER };

struct og_verified {
    struct og_scores level[OG_PROFILE_PAGES_MAX]; /* by depth */
    unsigned levels;
    struct og_tile_score worst[OG_WORST_MAX]; /* of full size, by luma PSNR, worst first */
    unsigned worst_count;
    enum og_same_file same_file;
    bool is_described, as_described; /* does the slide tell of L0, L1 and L2; and is it so? */
    double seconds;
};

OG_CHECKED enum og_status og_verify(const struct og_source *source, const struct og_slide *slide,
                                    const struct og_verify_options *options, struct og_verified *out,
                                    struct og_error *err);

#endif
