/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_REBUILD_H
#define OG_TOOL_REBUILD_H
/*
 * og_rebuilder: one tile of a slide, byte for byte as the daemon serves it, step after step in one thread. Tests hold
 * the engine's answers against it.
 *
 * Threads:   a rebuilder belongs to one thread.
 * Ownership: new returns owned; tile returns an owned buffer.
 * Errors:    OG_NOT_FOUND outside the grid, OG_DAMAGED when a stream that the tile needs is not what was written.
 */
#include "base/buf.h"
#include "slide/slide.h"

#define OG_REBUILD_QUALITY_DEFAULT 90

struct og_rebuilder;

struct og_rebuilder *og_rebuilder_new(void); /* NULL: no memory */
OG_CHECKED enum og_status og_rebuilder_tile(struct og_rebuilder *rebuilder, const struct og_slide *slide,
                                            uint32_t level, uint32_t x, uint32_t y, int quality, struct og_buf **out,
                                            struct og_error *err);
void og_rebuilder_destroy(struct og_rebuilder **rebuilder);

#endif
