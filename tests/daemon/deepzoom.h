/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_DEEPZOOM_H
#define OG_TESTS_DEEPZOOM_H
/*
 * Plain Deep Zoom slides whose every tile has bytes of its own.
 *
 * Threads:   pure, but for the folder, which is the test's.
 * Ownership: tile returns owned.
 * Errors:    abort.
 */
#include "base/buf.h"
#include "slide/pyramid.h"
#include "support/folder.h"

struct og_pyramid deepzoom_pyramid(uint32_t width, uint32_t height);

/* Writes NAME.dzi and NAME_files with every tile of every level. `shade` tells slides apart. */
void deepzoom_write(const struct folder *folder, const char *name, uint32_t width, uint32_t height, unsigned shade);

/* The JPEG that deepzoom_write made of a tile. */
struct og_buf *deepzoom_tile(const struct og_pyramid *pyramid, unsigned shade, uint32_t level, uint32_t x, uint32_t y);

#endif
