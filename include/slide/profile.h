/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_PROFILE_H
#define OG_SLIDE_PROFILE_H
/*
 * The layout of an Origami slide on disk that writer and reader share: private tags, tile records, and the seal.
 * docs/FORMAT.md tells the whole format.
 *
 * A page of the base pyramid carries OG_TAG_RECORDS, an array of records in raster order. On page 0 a record is a
 * family's (21 slots); on a coarser page it is one tile's. Little-endian, packed:
 *
 *     u64 offset of the first byte · u32 length[n] · u32 CRC-32C[n] · u32 CRC-32C of the record
 *
 * Tiles of a record follow one another without a gap in slot order; length 0 (and CRC 0) is an absent tile. The
 * record's own CRC starts from the seal, the page and the record's index, so that a record cannot stand in for another.
 *
 * The seal, OG_TAG_SEAL on page 0, is a CRC-32C over everything else that pixels depend on: the sizes of the pages,
 * their tables and the text of the description without its final NUL.
 *
 * Threads: pure functions. Ownership: borrow. Errors: false where a record is not what it claims to be.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "base/tile.h"
#include "slide/pyramid.h"

enum {
    OG_TAG_RECORDS = 65100, /* UNDEFINED */
    OG_TAG_SEAL = 65101,    /* LONG */
};

#define OG_RECORD_BYTES(n)  (8 + 8 * (size_t)(n) + 4)
#define OG_RECORD_BYTES_MAX OG_RECORD_BYTES(OG_FAMILY_SLOTS)

/* A tile is never longer than this: the worst that baseline JPEG can do. */
#define OG_GREY_BYTES_MAX   (2 * OG_TILE_SIZE * OG_TILE_SIZE + 2048)
#define OG_COLOUR_BYTES_MAX (6 * OG_TILE_SIZE * OG_TILE_SIZE + 2048)
#define OG_FAMILY_BYTES_MAX (5 * OG_COLOUR_BYTES_MAX + 16 * OG_GREY_BYTES_MAX)

struct og_record {
    uint64_t offset;
    uint32_t length[OG_FAMILY_SLOTS];
    uint32_t crc[OG_FAMILY_SLOTS];
};

uint32_t og_crc32c(uint32_t seed, const void *data, size_t size);

/* `slots` is 21 or 1. */
void og_record_pack(const struct og_record *record, unsigned slots, uint32_t seal, uint32_t page, uint64_t index,
                    uint8_t *out);
bool og_record_unpack(const uint8_t *in, unsigned slots, uint32_t seal, uint32_t page, uint64_t index,
                      struct og_record *out);

/* Pages of a slide: base pages for depth 2 … last, then the L1 and the L0 residual page. */
unsigned og_profile_base_pages(const struct og_pyramid *pyramid);
#define OG_PROFILE_PAGES_MAX 32

/* `tables`: one stream per page, base pages first, then L1, then L0. */
uint32_t og_profile_seal(const struct og_pyramid *pyramid, const struct og_span *tables, unsigned pages,
                         struct og_span description);

#endif
