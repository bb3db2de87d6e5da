/* SPDX-License-Identifier: MIT */
#include "slide/profile.h"

#include <string.h>

#include <isa-l/crc.h>

uint32_t og_crc32c(uint32_t seed, const void *data, size_t size)
{
    const uint8_t *from = data;
    uint32_t crc = ~seed;
    while (size > 0) {
        int part = size < (1 << 30) ? (int)size : 1 << 30;
        crc = crc32_iscsi((unsigned char *)from, part, crc);
        from += part;
        size -= (size_t)part;
    }
    return ~crc;
}

static uint8_t *put(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        *to++ = (uint8_t)(value >> (8 * i));
    return to;
}

static uint64_t take(const uint8_t **from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t) * (*from)++ << (8 * i);
    return value;
}

static uint32_t record_crc(const uint8_t *record, unsigned slots, uint32_t seal, uint32_t page, uint64_t index)
{
    uint8_t place[12];
    put(put(place, page, 4), index, 8);
    return og_crc32c(og_crc32c(seal, place, sizeof place), record, OG_RECORD_BYTES(slots) - 4);
}

void og_record_pack(const struct og_record *record, unsigned slots, uint32_t seal, uint32_t page, uint64_t index,
                    uint8_t *out)
{
    uint8_t *to = put(out, record->offset, 8);
    for (unsigned i = 0; i < slots; i++)
        to = put(to, record->length[i], 4);
    for (unsigned i = 0; i < slots; i++)
        to = put(to, record->crc[i], 4);
    put(to, record_crc(out, slots, seal, page, index), 4);
}

bool og_record_unpack(const uint8_t *in, unsigned slots, uint32_t seal, uint32_t page, uint64_t index,
                      struct og_record *out)
{
    const uint8_t *from = in;
    *out = (struct og_record){.offset = take(&from, 8)};
    for (unsigned i = 0; i < slots; i++)
        out->length[i] = (uint32_t)take(&from, 4);
    for (unsigned i = 0; i < slots; i++)
        out->crc[i] = (uint32_t)take(&from, 4);
    return take(&from, 4) == record_crc(in, slots, seal, page, index);
}

unsigned og_profile_base_pages(const struct og_pyramid *pyramid)
{
    return og_pyramid_last_depth(pyramid) - 2 + 1;
}

static uint32_t seal_number(uint32_t crc, uint64_t value)
{
    uint8_t bytes[8];
    put(bytes, value, 8);
    return og_crc32c(crc, bytes, sizeof bytes);
}

static uint32_t seal_span(uint32_t crc, struct og_span span)
{
    return og_crc32c(seal_number(crc, span.size), span.data, span.size);
}

uint32_t og_profile_seal(const struct og_pyramid *pyramid, const struct og_span *tables, unsigned pages,
                         struct og_span description)
{
    uint32_t crc = seal_number(0, pages);
    crc = seal_number(crc, pyramid->tile);
    for (unsigned i = 0; i < pages; i++) {
        unsigned depth = i + 2 < pages ? i + 2 : pages - 1 - i;
        struct og_extent size = og_pyramid_size(pyramid, depth);
        crc = seal_number(seal_number(crc, size.width), size.height);
        crc = seal_span(crc, tables[i]);
    }
    return seal_span(crc, description);
}
