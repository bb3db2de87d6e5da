/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_EXPORT_H
#define OG_BENCH_EXPORT_H
/*
 * A whole pyramid as a static server wants it: every tile of a slide as the daemon answers it, in a file of its own
 * under the path of its URL.
 *
 * Threads:   the bench's main thread. Ownership: borrows everything; the files lie in a folder of the caller's.
 * Errors:    a tile that is not answered or cannot be written ends the bench with the reason.
 */
#include <stdint.h>

#include "slide/pyramid.h"

struct export_sums {
    double tiles, bytes; /* of the files' contents */
    double disk;         /* bytes that the file system spends on them */
};

/* Into folder/tiles/SLIDE/LEVEL/X_Y.jpg. Levels below the smallest stored one are tiny, and left out. */
struct export_sums export_pyramid(uint16_t port, const struct og_pyramid *pyramid, const char *slide,
                                  const char *folder);

/* Writes back every file under the folder and asks the kernel to forget its pages. */
void export_forget(const char *folder);

#endif
