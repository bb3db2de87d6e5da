/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_FILES_H
#define OG_BENCH_FILES_H
/*
 * A slide taken apart: each stored tile of each family as a whole JPEG in a file of its own, X_Y/SLOT.jpg. What
 * alternatives/slide_files.c reads.
 *
 * Threads:   the bench's main thread.
 * Ownership: borrows the slides; the files lie in a folder of the caller's.
 * Errors:    a file that cannot be written ends the bench with the reason.
 */
#include "slides.h"

void files_write(const struct slides *slides, const char *id, const char *folder);

#endif
