/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_REFERENCE_H
#define OG_TOOL_REFERENCE_H
/*
 * og_reference: what a family's tiles should look like: its source pixels, as planes, and those halved twice. The
 * encoder takes residuals from it, and fidelity is measured against it, so both mean the same picture.
 *
 * Threads:   a reference belongs to one thread; references of one source are independent.
 * Ownership: new returns owned and borrows the source; planes and pixels are borrowed until the next read.
 * Errors:    of the source, OG_NO_MEMORY.
 */
#include "base/tile.h"
#include "image/kernels.h"
#include "image/plane.h"
#include "slide/pyramid.h"
#include "tool/source.h"
#include "tool/tally.h"

struct og_reference;

OG_CHECKED enum og_status og_reference_new(const struct og_source *source, const struct og_pyramid *pyramid,
                                           const struct og_kernels *kernels, struct og_reference **out,
                                           struct og_error *err);

OG_CHECKED enum og_status og_reference_read(struct og_reference *reference, uint32_t fx, uint32_t fy,
                                            struct og_error *err);

/* Luma of one tile of L0 and nothing else. */
OG_CHECKED enum og_status og_reference_read_luma(struct og_reference *reference, uint32_t x, uint32_t y,
                                                 struct og_plane *luma, struct og_error *err);

/* One tile of the family that was read last, its part inside the slide; some of it is. */
struct og_tally_source og_reference_tile(const struct og_reference *reference, unsigned slot);

void og_reference_destroy(struct og_reference **reference);

#endif
