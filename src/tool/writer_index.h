/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_WRITER_INDEX_H
#define OG_TOOL_WRITER_INDEX_H
/*
 * What the writer remembers of every tile, and its way into TIFF directories (writer_pages.c).
 *
 * Threads: one at a time. Ownership: the index's arrays belong to the writer. Errors: name the final file.
 */
#include "tool/writer.h"

#define OG_WRITER_START 16 /* tiles begin behind BigTIFF's header */

/* Records of page 0 are one tag, and libtiff takes no more bytes for one. */
#define OG_WRITER_FAMILIES (INT32_MAX / OG_RECORD_BYTES(OG_FAMILY_SLOTS))

struct og_tile_entry {
    uint64_t offset;
    uint32_t length, crc;
};

struct og_index {
    const struct og_plan *plan;
    unsigned base_pages;
    struct og_record *families;                         /* page 0 */
    struct og_tile_entry *coarse[OG_PROFILE_PAGES_MAX]; /* pages 1 … base_pages - 1 */
};

/* Writes header and directories at the end of the file behind `fd`. */
OG_CHECKED enum og_status og_index_write(const struct og_index *index, int fd, const char *path,
                                         const struct og_description *description, struct og_error *err);

#endif
