/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_RRIP_PACK_H
#define OG_SLIDE_RRIP_PACK_H
/*
 * A family's residuals in one record, and many records in one file, as the published residual layout (RRIP) has them.
 * All integers are little-endian and unaligned.
 *
 *     record    u32 bytes of the pack · one raw LZ4 block. A .pack file is one record.
 *     pack      "ORIG" or "RRIP" · u16 version 1 · u16 – · u32 entries · u32 where the index is · u32 where the
 *               streams are · u32 –
 *     entry     u8 kind (1: L1, 0: L0) · u8 place (2 dy + dx or 4 dy + dx) · u16 – · u32 offset among the streams ·
 *               u32 length · u32 –
 *     bundle    "ORIB" · u16 version 1 · u16 columns · u16 rows · u32 families · u64 where the index is · – to byte 32;
 *               the index has 12 bytes for each family, row by row: u64 offset · u32 length, 0: none
 *
 * Nothing here is covered by a checksum. Every number is checked against what is there before it is used, and memory is
 * the caller's, of a fixed size: no number decides how much is allocated.
 *
 * Threads:   pure functions.
 * Ownership: borrow; the spans that come back lie in the caller's bytes.
 * Errors:    OG_DAMAGED with the reason, OG_UNSUPPORTED for another version; the caller puts the file's name before.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/status.h"
#include "base/tile.h"
#include "slide/pyramid.h"

/* More than 20 residuals of 256 x 256 samples take uncompressed; and the worst that LZ4 makes of that. */
#define OG_RRIP_PACK_BYTES_MAX   ((size_t)1700 << 10)
#define OG_RRIP_RECORD_BYTES_MAX (4 + OG_RRIP_PACK_BYTES_MAX + OG_RRIP_PACK_BYTES_MAX / 255 + 16)

/* Entries that an index may have: 20, and some that nobody asks for. */
#define OG_RRIP_ENTRIES_MAX 256

/* Decompresses a record into `pack`, which has OG_RRIP_PACK_BYTES_MAX bytes and does not overlap the record. */
OG_CHECKED enum og_status og_rrip_decompress(struct og_span record, uint8_t *pack, struct og_span *out,
                                             struct og_error *err);

/*
 * Fills the streams of the slots that the pack holds; where it holds one twice, the first is taken. One entry that
 * cannot be right is enough to refuse the pack: nothing vouches for the others.
 */
OG_CHECKED enum og_status og_rrip_index(struct og_span pack, struct og_span stream[OG_FAMILY_SLOTS],
                                        struct og_error *err);

#define OG_RRIP_BUNDLE_HEADER_BYTES 32
#define OG_RRIP_BUNDLE_ENTRY_BYTES  12

struct og_rrip_bundle {
    uint64_t index_at, file_size;
    uint32_t columns;
};

/* `families`: the grid that the slide's size demands. */
OG_CHECKED enum og_status og_rrip_bundle(const uint8_t header[OG_RRIP_BUNDLE_HEADER_BYTES], uint64_t file_size,
                                         struct og_extent families, struct og_rrip_bundle *out, struct og_error *err);

/* Where the family's entry of the index lies in the file. */
uint64_t og_rrip_bundle_entry_at(const struct og_rrip_bundle *bundle, uint32_t fx, uint32_t fy);

/* What the entry says: a record that lies in the file and is not too long; size 0: there is none. */
OG_CHECKED enum og_status og_rrip_bundle_entry(const struct og_rrip_bundle *bundle,
                                               const uint8_t entry[OG_RRIP_BUNDLE_ENTRY_BYTES], uint64_t *offset,
                                               size_t *size, struct og_error *err);

#endif
