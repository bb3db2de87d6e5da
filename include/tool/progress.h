/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PROGRESS_H
#define OG_TOOL_PROGRESS_H
/*
 * og_progress: one line on a terminal that says how far, how fast and how much longer. Silent where no terminal is.
 *
 * While a sample is made nobody knows how much is left of it: `all` is 0 then, and the line tells that and for how
 * long. Speed counts from when the sample is done.
 *
 * Threads: one at a time. Ownership: a value; the stream is borrowed. Errors: none.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct og_progress {
    FILE *stream; /* NULL: silent */
    const char *label;
    uint64_t began_ns, drawn_ns;
    bool sampled; /* the last call was for a sample */
};

void og_progress_begin(struct og_progress *progress, FILE *stream, const char *label, bool quiet);
void og_progress_show(struct og_progress *progress, uint64_t done, uint64_t all);
void og_progress_end(struct og_progress *progress); /* takes the line away */

#endif
