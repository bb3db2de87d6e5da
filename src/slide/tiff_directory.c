/* SPDX-License-Identifier: MIT */
#include "tiff_directory.h"

#include <string.h>

#include "slide/profile.h"

enum { HEADER = 16, ENTRY = 20, ENTRIES_MAX = 64 };

enum { BYTE = 1, ASCII = 2, SHORT = 3, LONG = 4, UNDEFINED = 7, LONG8 = 16 };

enum {
    WIDTH = 256,
    HEIGHT = 257,
    BITS = 258,
    COMPRESSION = 259,
    PHOTOMETRIC = 262,
    DESCRIPTION = 270,
    SAMPLES = 277,
    TILE_WIDTH = 322,
    TILE_HEIGHT = 323,
    JPEG_TABLES = 347,
    SUBSAMPLING = 530,
};

struct entry {
    unsigned tag, type;
    uint64_t count;
    uint8_t value[8];
    uint64_t value_at; /* place in the file of the value's first byte */
};

static uint64_t little(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static unsigned type_bytes(unsigned type)
{
    switch (type) {
    case BYTE:
    case ASCII:
    case UNDEFINED:
        return 1;
    case SHORT:
        return 2;
    case LONG:
        return 4;
    case LONG8:
        return 8;
    default:
        return 0;
    }
}

/* The i-th of the numbers that fit into the entry itself. */
static bool number(const struct entry *entry, unsigned i, uint64_t *out)
{
    unsigned bytes = type_bytes(entry->type);
    if (bytes < 2 || i >= entry->count || entry->count > 8 / bytes)
        return false;
    *out = little(entry->value + i * bytes, bytes);
    return true;
}

static bool bytes_of(const struct entry *entry, const struct og_file *file, struct og_tiff_blob *out)
{
    if (type_bytes(entry->type) != 1 || entry->count == 0)
        return false;
    uint64_t offset = entry->count <= 8 ? entry->value_at : little(entry->value, 8);
    if (offset > file->size || entry->count > file->size - offset)
        return false;
    *out = (struct og_tiff_blob){.offset = offset, .size = entry->count};
    return true;
}

static bool all_eight(const struct entry *entry)
{
    uint64_t bits;
    for (unsigned i = 0; i < entry->count; i++)
        if (!number(entry, i, &bits) || bits != 8)
            return false;
    return entry->count > 0;
}

/* Takes over one entry; false where a tag of ours does not hold what it has to. */
static bool take_entry(const struct entry *entry, const struct og_file *file, struct og_tiff_page *page)
{
    switch (entry->tag) {
    case WIDTH:
        return number(entry, 0, &page->width);
    case HEIGHT:
        return number(entry, 0, &page->height);
    case BITS:
        page->eight_bits = all_eight(entry);
        return page->eight_bits;
    case COMPRESSION:
        return number(entry, 0, &page->compression);
    case PHOTOMETRIC:
        return number(entry, 0, &page->photometric);
    case SAMPLES:
        return number(entry, 0, &page->samples);
    case TILE_WIDTH:
        return number(entry, 0, &page->tile_width);
    case TILE_HEIGHT:
        return number(entry, 0, &page->tile_height);
    case SUBSAMPLING:
        return number(entry, 0, &page->subsampling[0]) && number(entry, 1, &page->subsampling[1]);
    case DESCRIPTION:
        return bytes_of(entry, file, &page->description);
    case JPEG_TABLES:
        return bytes_of(entry, file, &page->tables);
    case OG_TAG_RECORDS:
        return bytes_of(entry, file, &page->records);
    case OG_TAG_SEAL:
        page->has_seal = number(entry, 0, &page->seal);
        return page->has_seal;
    default:
        return true;
    }
}

static enum og_status read_page(const struct og_file *file, uint64_t *place, unsigned index, struct og_tiff_page *page,
                                struct og_error *err)
{
    uint8_t count_bytes[8], entries[ENTRIES_MAX * ENTRY + 8];
    if (og_file_read(file, *place, count_bytes, sizeof count_bytes, err) != OG_OK)
        return og_error_prefix(err, "directory of page %u", index);
    uint64_t count = little(count_bytes, 8);
    if (count == 0 || count > ENTRIES_MAX)
        return og_error_set(err, OG_DAMAGED, "directory of page %u has %llu entries", index, (unsigned long long)count);
    if (og_file_read(file, *place + 8, entries, (size_t)count * ENTRY + 8, err) != OG_OK)
        return og_error_prefix(err, "directory of page %u", index);
    *page = (struct og_tiff_page){0};
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *from = entries + i * ENTRY;
        struct entry entry = {.tag = (unsigned)little(from, 2),
                              .type = (unsigned)little(from + 2, 2),
                              .count = little(from + 4, 8),
                              .value_at = *place + 8 + i * ENTRY + 12};
        memcpy(entry.value, from + 12, 8);
        if (!take_entry(&entry, file, page))
            return og_error_set(err, OG_DAMAGED, "page %u: tag %u does not hold what it should", index, entry.tag);
    }
    *place = little(entries + count * ENTRY, 8);
    return OG_OK;
}

enum og_status og_tiff_read_pages(const struct og_file *file, struct og_tiff_page *pages, unsigned room,
                                  unsigned *count, struct og_error *err)
{
    static const uint8_t magic[8] = {'I', 'I', 43, 0, 8, 0, 0, 0};
    uint8_t header[HEADER];
    if (file->size < HEADER || og_file_read(file, 0, header, sizeof header, err) != OG_OK ||
        memcmp(header, magic, sizeof magic) != 0)
        return og_error_set(
            err, OG_UNSUPPORTED,
            "not an Origami slide (no little-endian BigTIFF header); origami encode makes one of a scan");
    uint64_t place = little(header + 8, 8);
    for (*count = 0; place != 0 && *count < room; ++*count) {
        enum og_status status = read_page(file, &place, *count, &pages[*count], err);
        if (status != OG_OK)
            return status;
    }
    return OG_OK;
}
