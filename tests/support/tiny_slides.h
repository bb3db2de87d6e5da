/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_TINY_SLIDES_H
#define OG_TESTS_SUPPORT_TINY_SLIDES_H
/*
 * The least that is a slide to who looks at folders: its tiles are no JPEG. Names may have folders in front, and what
 * makes a slide of it is written last.
 *
 * Threads: the test's own. Ownership: the folder's. Errors: abort.
 */
#include "support/folder.h"

/* NAME.dzi and NAME_files, which has what a picture of one pixel needs and one of two: `side` says which it is. */
void tiny_deepzoom(const struct folder *folder, const char *name, unsigned side);

/* NAME in the published layout: a base of one pixel. */
void tiny_published(const struct folder *folder, const char *name);

#endif
