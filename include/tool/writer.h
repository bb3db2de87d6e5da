/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_WRITER_H
#define OG_TOOL_WRITER_H
/*
 * og_writer: an Origami slide on its way to disk. Tiles are appended as they come, from byte 16 on; header,
 * directories, records and seal are written when everything is known. include/slide/profile.h and docs/FORMAT.md tell
 * the layout.
 *
 * Threads:   one at a time.
 * Ownership: new returns owned and borrows the plan, of which only the pyramid must be final; the rest, when finish
 *            comes; destroy of an unfinished writer leaves no file behind.
 * Errors:    name the final file and the system's reason; OG_UNSUPPORTED from new for more pixels than an index holds.
 */
#include "base/span.h"
#include "slide/description.h"
#include "tool/family_maker.h"

struct og_writer;

OG_CHECKED enum og_status og_writer_new(const char *path, const struct og_plan *plan, struct og_writer **out,
                                        struct og_error *err);

/* A family's streams, one after another in slot order; `record` has their lengths and checksums. */
OG_CHECKED enum og_status og_writer_family(struct og_writer *writer, uint32_t fx, uint32_t fy,
                                           const struct og_record *record, struct og_span bytes, struct og_error *err);

/* A tile of a level coarser than L2. */
OG_CHECKED enum og_status og_writer_tile(struct og_writer *writer, unsigned depth, uint32_t x, uint32_t y,
                                         struct og_span stream, struct og_error *err);

/* What the index holds so far, by depth: 0, 1, and 2 for L2 and coarser. */
struct og_written {
    uint64_t tiles[3], absent[3], bytes[3];
};
struct og_written og_writer_written(const struct og_writer *writer);

/* Every tile of every level was written: completes the file, gives it its name; *file_bytes is its size. */
OG_CHECKED enum og_status og_writer_finish(struct og_writer *writer, const struct og_description *description,
                                           uint64_t *file_bytes, struct og_error *err);
void og_writer_destroy(struct og_writer **writer);

#endif
