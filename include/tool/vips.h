/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_VIPS_H
#define OG_TOOL_VIPS_H
/*
 * What every user of libvips here needs: starting it quietly, its images with scope, and its errors as ours.
 *
 * Threads:   start from the main thread before others use libvips; errors from any.
 * Ownership: none.
 *            libvips' own pool is held to one thread: in 8.14 the failure of a picture's last tile is lost about once
 *            in a hundred when several threads decode it, and a truncated file then passes for a whole one. The
 *            encoder reads from threads of its own.
 * Errors:    og_vips_error takes libvips' own text, in one line, and empties its buffer.
 */
#include <vips/vips.h>

#include "base/status.h"

OG_CHECKED enum og_status og_vips_start(struct og_error *err);

/* "PATH: cannot WHAT: libvips' reason" */
enum og_status og_vips_error(struct og_error *err, enum og_status status, const char *path, const char *what);

#endif
