/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_REBUILD_H
#define OG_TOOL_REBUILD_H
/*
 * og_rebuilder: tiles of a slide, byte for byte as the daemon serves them, step after step in one thread. Tests hold
 * the engine's answers against it.
 *
 * Threads:   a rebuilder belongs to one thread.
 * Ownership: new returns owned; so are the buffers.
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

/*
 * The rebuilt tiles of a family that lie inside the slide, in their slots; elsewhere NULL, and everywhere after a
 * failure. As they are served or, `paged`, as pages of a TIFF hold them: full tiles without their tables.
 */
OG_CHECKED enum og_status og_rebuilder_family(struct og_rebuilder *rebuilder, const struct og_slide *slide, uint32_t fx,
                                              uint32_t fy, int quality, bool paged, struct og_buf *out[OG_FAMILY_SLOTS],
                                              struct og_error *err);

/* Of an Origami slide: a tile as its page holds it, and the tables that belong to the tiles of a depth, paged ones. */
OG_CHECKED enum og_status og_rebuilder_stored(struct og_rebuilder *rebuilder, const struct og_slide *slide,
                                              unsigned depth, uint32_t x, uint32_t y, struct og_buf **out,
                                              struct og_error *err);
OG_CHECKED enum og_status og_rebuilder_tables(struct og_rebuilder *rebuilder, const struct og_slide *slide,
                                              unsigned depth, int quality, struct og_buf **out, struct og_error *err);
void og_rebuilder_destroy(struct og_rebuilder **rebuilder);

#endif
