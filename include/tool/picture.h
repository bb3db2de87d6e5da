/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_PICTURE_H
#define OG_TOOL_PICTURE_H
/*
 * A source written as an ordinary picture by libvips, in the format that the name says ("x.png", "x.tif[tile]").
 *
 * Threads:   the main thread; libvips brings its own workers, `threads` of them or, for 0, one per core.
 * Ownership: borrows everything.
 * Errors:    name the file; a failed write leaves nothing behind.
 */
#include <stdbool.h>

#include "tool/source.h"

OG_CHECKED enum og_status og_picture_write(const struct og_source *source, const char *path, unsigned threads,
                                           bool quiet, struct og_error *err);

#endif
