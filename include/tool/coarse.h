/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_COARSE_H
#define OG_TOOL_COARSE_H
/*
 * og_coarse: the levels above L2 encoded and written, while the L2 tiles pass in Z order.
 *
 * Threads:   one at a time.
 * Ownership: new returns owned and borrows plan and writer; planes are borrowed for the call.
 * Errors:    of the encoder and the writer.
 */
#include "tool/writer.h"

struct og_coarse;

OG_CHECKED enum og_status og_coarse_new(const struct og_plan *plan, struct og_writer *writer, struct og_coarse **out,
                                        struct og_error *err);

/* Source planes of the next L2 tile, valid part; in the order of og_zorder_cell. */
OG_CHECKED enum og_status og_coarse_add(struct og_coarse *coarse, uint32_t fx, uint32_t fy,
                                        const struct og_plane base[3], struct og_error *err);
void og_coarse_destroy(struct og_coarse **coarse);

#endif
