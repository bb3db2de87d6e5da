/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_ENCODE_H
#define OG_TOOL_ENCODE_H
/*
 * og_encode: a source becomes an Origami slide.
 *
 *     first:    the draft is made, so that a place where none can be is known before a pixel is read
 *     then:     a sample of families is made as below, a few times: steps and Huffman tables (tool/settle.h)
 *     workers:  take the next family in Z order ─► pixels ─► planes, halved twice ─► base, L1, L0 in a closed loop
 *                                                                     │ a bounded window, in order
 *     caller:                              append the family's block ◄┘ ─► coarser levels ─► … ─► directories, rename
 *
 * Threads:   call it from one thread; it starts `threads` workers and one for the source's digest, and joins them.
 *            The file's bytes do not depend on how many there are.
 * Memory:    at most 96 MiB, 32 MiB for each thread, 1 KiB for each family, and what the source keeps: docs/FORMAT.md,
 *            Writing, has that too.
 * Ownership: borrows everything.
 * Errors:    name the file and the place; OG_STOPPING when the watcher said so. A failed encode leaves no file behind.
 */
#include <stdbool.h>
#include <stdint.h>

#include "slide/description.h"
#include "tool/gate.h"
#include "tool/parallel.h"
#include "tool/settle.h"
#include "tool/source.h"
#include "tool/writer.h"

enum { OG_ENCODE_THREADS_MAX = OG_PARALLEL_MAX };

struct og_encode_options {
    struct og_wish wish;
    unsigned threads;    /* 0: one per core */
    struct og_gate gate; /* a slide that does not pass is not written: OG_BELOW */

    /* Called after each family and a few times a second; false: stop. May be NULL. `pixels` is 0 while a sample is
     * made: how much is left of that, nobody knows. */
    bool (*watch)(void *context, uint64_t pixels_done, uint64_t pixels);
    void *context;
};

struct og_encode_result {
    struct og_description description;
    struct og_written written;
    uint64_t file_bytes;
    double seconds;
    unsigned threads;
};

OG_CHECKED enum og_status og_encode(const struct og_source *source, const char *path,
                                    const struct og_encode_options *options, struct og_encode_result *out,
                                    struct og_error *err);

#endif
