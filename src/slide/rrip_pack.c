/* SPDX-License-Identifier: MIT */
#include "rrip_pack.h"

#include <lz4.h>
#include <stdbool.h>
#include <string.h>

enum { VERSION = 1, LENGTH_BYTES = 4, HEADER_BYTES = 24, ENTRY_BYTES = 16 };

static uint64_t number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = bytes; i-- > 0;)
        value = value << 8 | at[i];
    return value;
}

static enum og_status check_version(const uint8_t *at, const char *what, struct og_error *err)
{
    unsigned version = (unsigned)number(at, 2);
    return version == VERSION ? OG_OK : og_error_set(err, OG_UNSUPPORTED, "a %s of version %u", what, version);
}

/* ---- a record ---- */

enum og_status og_rrip_decompress(struct og_span record, uint8_t *pack, struct og_span *out, struct og_error *err)
{
    if (record.size <= LENGTH_BYTES || record.size > OG_RRIP_RECORD_BYTES_MAX)
        return og_error_set(err, OG_DAMAGED, "%zu bytes are not a pack", record.size);
    size_t claimed = (size_t)number(record.data, LENGTH_BYTES);
    if (claimed < HEADER_BYTES || claimed > OG_RRIP_PACK_BYTES_MAX)
        return og_error_set(err, OG_DAMAGED, "it claims %zu bytes, which no pack has", claimed);
    int size = LZ4_decompress_safe((const char *)record.data + LENGTH_BYTES, (char *)pack,
                                   (int)(record.size - LENGTH_BYTES), (int)claimed);
    if (size < 0 || (size_t)size != claimed)
        return og_error_set(err, OG_DAMAGED, "its LZ4 block is damaged or not as long as it claims");
    *out = (struct og_span){pack, claimed};
    return OG_OK;
}

/* ---- a pack ---- */

static bool has_magic(const uint8_t *at)
{
    return memcmp(at, "ORIG", 4) == 0 || memcmp(at, "RRIP", 4) == 0;
}

/* The slot that an entry is about; OG_SLOT_L2, which no pack holds, for none. */
static unsigned slot_of(const uint8_t *entry)
{
    unsigned kind = entry[0], place = entry[1];
    if (kind == 1 && place < 4)
        return OG_SLOT_L1 + place;
    if (kind == 0 && place < 16)
        return OG_SLOT_L0 + place;
    return OG_SLOT_L2;
}

static enum og_status take_entry(struct og_span pack, uint64_t streams_at, uint64_t i, const uint8_t *entry,
                                 struct og_span stream[OG_FAMILY_SLOTS], struct og_error *err)
{
    uint64_t offset = streams_at + number(entry + 4, 4), length = number(entry + 8, 4);
    if (length == 0 || offset > pack.size || length > pack.size - offset)
        return og_error_set(err, OG_DAMAGED, "entry %u: %llu bytes at %llu are not in the pack's %zu", (unsigned)i,
                            (unsigned long long)length, (unsigned long long)offset, pack.size);
    unsigned slot = slot_of(entry);
    if (slot != OG_SLOT_L2 && stream[slot].size == 0)
        stream[slot] = (struct og_span){pack.data + offset, (size_t)length};
    return OG_OK;
}

enum og_status og_rrip_index(struct og_span pack, struct og_span stream[OG_FAMILY_SLOTS], struct og_error *err)
{
    if (pack.size < HEADER_BYTES || !has_magic(pack.data))
        return og_error_set(err, OG_DAMAGED, "not a pack: it does not begin as one does");
    enum og_status status = check_version(pack.data + 4, "pack", err);
    if (status != OG_OK)
        return status;
    uint64_t count = number(pack.data + 8, 4), index_at = number(pack.data + 12, 4),
             streams_at = number(pack.data + 16, 4);
    if (count > OG_RRIP_ENTRIES_MAX)
        return og_error_set(err, OG_DAMAGED, "%llu entries are too many", (unsigned long long)count);
    if (index_at < HEADER_BYTES || index_at + count * ENTRY_BYTES > pack.size)
        return og_error_set(err, OG_DAMAGED, "its index of %llu entries at %llu is not in its %zu bytes",
                            (unsigned long long)count, (unsigned long long)index_at, pack.size);
    for (uint64_t i = 0; i < count && status == OG_OK; i++)
        status = take_entry(pack, streams_at, i, pack.data + index_at + i * ENTRY_BYTES, stream, err);
    return status;
}

/* ---- a bundle ---- */

enum og_status og_rrip_bundle(const uint8_t header[OG_RRIP_BUNDLE_HEADER_BYTES], uint64_t file_size,
                              struct og_extent families, struct og_rrip_bundle *out, struct og_error *err)
{
    if (memcmp(header, "ORIB", 4) != 0)
        return og_error_set(err, OG_DAMAGED, "not a bundle: it does not begin as one does");
    enum og_status status = check_version(header + 4, "bundle", err);
    if (status != OG_OK)
        return status;
    uint64_t columns = number(header + 6, 2), rows = number(header + 8, 2), count = number(header + 10, 4),
             index_at = number(header + 14, 8);
    if (columns != families.width || rows != families.height || count != columns * rows)
        return og_error_set(err, OG_DAMAGED, "%u x %u families, %u in all, where the slide has %u x %u",
                            (unsigned)columns, (unsigned)rows, (unsigned)count, families.width, families.height);
    uint64_t index_bytes = count * OG_RRIP_BUNDLE_ENTRY_BYTES;
    if (index_at < OG_RRIP_BUNDLE_HEADER_BYTES || index_at > file_size || index_bytes > file_size - index_at)
        return og_error_set(err, OG_DAMAGED, "its index of %llu bytes at %llu lies past the end of the file",
                            (unsigned long long)index_bytes, (unsigned long long)index_at);
    *out = (struct og_rrip_bundle){.index_at = index_at, .file_size = file_size, .columns = (uint32_t)columns};
    return OG_OK;
}

uint64_t og_rrip_bundle_entry_at(const struct og_rrip_bundle *bundle, uint32_t fx, uint32_t fy)
{
    return bundle->index_at + ((uint64_t)fy * bundle->columns + fx) * OG_RRIP_BUNDLE_ENTRY_BYTES;
}

enum og_status og_rrip_bundle_entry(const struct og_rrip_bundle *bundle,
                                    const uint8_t entry[OG_RRIP_BUNDLE_ENTRY_BYTES], uint64_t *offset, size_t *size,
                                    struct og_error *err)
{
    *offset = number(entry, 8);
    *size = (size_t)number(entry + 8, 4);
    if (*size == 0)
        return OG_OK;
    if (*offset < OG_RRIP_BUNDLE_HEADER_BYTES || *offset > bundle->file_size || *size > bundle->file_size - *offset ||
        *size > OG_RRIP_RECORD_BYTES_MAX)
        return og_error_set(err, OG_DAMAGED, "its index says %zu bytes at %llu, which cannot be", *size,
                            (unsigned long long)*offset);
    return OG_OK;
}
