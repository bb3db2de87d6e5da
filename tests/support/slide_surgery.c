/* SPDX-License-Identifier: MIT */
#include "support/slide_surgery.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/encode.h"
#include "tool/source.h"

enum { HEADER = 16, ENTRY = 20, COUNT_AT = 4, VALUE_AT = 12 };

_Noreturn static void die(const char *what)
{
    fprintf(stderr, "slide surgery: %s\n", what);
    abort();
}

static void must(bool good, const char *what)
{
    if (!good)
        die(what);
}

/* ---- the patient ---- */

enum { WIDTH = 2100, HEIGHT = 1030, PLAIN = 600, NOISE_FROM = 1200 };

static enum og_status reader_new(void *state, void **reader, struct og_error *err)
{
    (void)err;
    *reader = state;
    return OG_OK;
}

static enum og_status reader_read(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                  struct og_error *err)
{
    static const struct picture left = {PICTURE_SMOOTH, WIDTH, HEIGHT, 1}, right = {PICTURE_NOISE, WIDTH, HEIGHT, 2};
    (void)reader, (void)err;
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++) {
            struct og_rect one = {area.x + x, area.y + y, 1, 1};
            uint8_t *to = rgb + y * stride + 3 * x;
            if (one.x < PLAIN && one.y < PLAIN)
                memset(to, 236, 3);
            else
                picture_render(one.x < NOISE_FROM ? &left : &right, one, to, stride);
        }
    return OG_OK;
}

static void nothing(void *state)
{
    (void)state;
}

void surgery_add_patient(const struct folder *folder, const char *name)
{
    static const struct og_source_kind kind = {reader_new, reader_read, nothing, nothing};
    struct og_source source = {
        .facts = {.width = WIDTH,
                  .height = HEIGHT,
                  .mpp_x = 0.25,
                  .mpp_y = 0.25,
                  .magnification = 40,
                  .vendor = "surgery",
                  .icc = "none",
                  .name = "patient"},
        .kind = &kind,
    };
    struct og_encode_options options = {.wish = {.l0_step = 10, .trellis = true}};
    struct og_encode_result result;
    struct og_error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/%s.tif", folder->path, name);
    must(og_encode(&source, path, &options, &result, &err) == OG_OK, err.text);
}

/* ---- bytes ---- */

uint64_t surgery_number(const struct surgery *s, uint64_t at, unsigned bytes)
{
    must(at <= s->size && bytes <= s->size - at, "a number outside the file");
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)s->bytes[at + i] << (8 * i);
    return value;
}

void surgery_put(struct surgery *s, uint64_t at, uint64_t value, unsigned bytes)
{
    must(at <= s->size && bytes <= s->size - at, "a number outside the file");
    for (unsigned i = 0; i < bytes; i++)
        s->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

uint64_t surgery_append(struct surgery *s, const void *data, size_t size)
{
    uint64_t at = s->size;
    uint8_t *bytes = malloc(s->size + size); /* not realloc: `data` may lie in the old bytes */
    must(bytes != NULL, "no memory");
    memcpy(bytes, s->bytes, s->size);
    memcpy(bytes + s->size, data, size);
    free(s->bytes);
    s->bytes = bytes;
    s->size += size;
    return at;
}

void surgery_save(const struct surgery *s, const struct folder *folder, const char *file)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, file);
    FILE *to = fopen(path, "wb");
    must(to && fwrite(s->bytes, 1, s->size, to) == s->size && fclose(to) == 0, path);
}

struct surgery surgery_open(const struct folder *folder, const char *file)
{
    struct surgery s = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, file);
    FILE *from = fopen(path, "rb");
    must(from && fseek(from, 0, SEEK_END) == 0, path);
    s.size = (size_t)ftell(from);
    rewind(from);
    s.bytes = malloc(s.size);
    must(s.bytes && fread(s.bytes, 1, s.size, from) == s.size && fclose(from) == 0, path);

    for (uint64_t at = surgery_number(&s, 8, 8); at; s.pages++) {
        must(s.pages < SURGERY_PAGES, "too many pages");
        s.directory[s.pages] = at;
        at = surgery_number(&s, at + 8 + ENTRY * surgery_number(&s, at, 8), 8);
    }
    uint64_t width = surgery_entry(&s, s.pages - 1, 256), height = surgery_entry(&s, s.pages - 1, 257);
    unsigned wide = surgery_number(&s, width + 2, 2) == 3 ? 2 : 4,
             high = surgery_number(&s, height + 2, 2) == 3 ? 2 : 4;
    must(og_pyramid_make((uint32_t)surgery_number(&s, width + VALUE_AT, wide),
                         (uint32_t)surgery_number(&s, height + VALUE_AT, high), OG_TILE_SIZE, 0, &s.pyramid),
         "the size");
    must(s.pages == og_profile_base_pages(&s.pyramid) + 2, "the number of pages");
    return s;
}

void surgery_close(struct surgery *s)
{
    free(s->bytes);
    *s = (struct surgery){0};
}

/* ---- directories ---- */

static unsigned type_bytes(uint64_t type)
{
    static const uint8_t bytes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    return type < sizeof bytes ? bytes[type] : 0;
}

static struct stretch value_of_entry(const struct surgery *s, uint64_t entry)
{
    struct stretch value = {.size =
                                surgery_number(s, entry + COUNT_AT, 8) * type_bytes(surgery_number(s, entry + 2, 2))};
    value.at = value.size <= 8 ? entry + VALUE_AT : surgery_number(s, entry + VALUE_AT, 8);
    must(value.size && value.at <= s->size && value.size <= s->size - value.at, "a value outside the file");
    return value;
}

uint64_t surgery_entry(const struct surgery *s, unsigned page, unsigned tag)
{
    uint64_t at = s->directory[page], count = surgery_number(s, at, 8);
    for (uint64_t i = 0; i < count; i++)
        if (surgery_number(s, at + 8 + ENTRY * i, 2) == tag)
            return at + 8 + ENTRY * i;
    return 0;
}

struct og_span surgery_value(const struct surgery *s, unsigned page, unsigned tag)
{
    uint64_t entry = surgery_entry(s, page, tag);
    must(entry != 0, "no such tag");
    struct stretch value = value_of_entry(s, entry);
    return (struct og_span){s->bytes + value.at, value.size};
}

void surgery_set_value(struct surgery *s, unsigned page, unsigned tag, const void *data, size_t size)
{
    uint64_t entry = surgery_entry(s, page, tag), unit = type_bytes(surgery_number(s, entry + 2, 2));
    must(entry && size > 0 && size % unit == 0, "a value that does not fit its type");
    surgery_put(s, entry + COUNT_AT, size / unit, 8);
    if (size > 8)
        surgery_put(s, entry + VALUE_AT, surgery_append(s, data, size), 8);
    else
        memcpy(s->bytes + entry + VALUE_AT, data, size);
}

/* ---- records and tiles ---- */

unsigned surgery_slots(unsigned page)
{
    return page == 0 ? OG_FAMILY_SLOTS : 1;
}

static uint32_t seal_of(const struct surgery *s)
{
    return (uint32_t)surgery_number(s, surgery_entry(s, 0, OG_TAG_SEAL) + VALUE_AT, 4);
}

static uint64_t record_at(const struct surgery *s, unsigned page, uint64_t index)
{
    struct og_span value = surgery_value(s, page, OG_TAG_RECORDS);
    must((index + 1) * OG_RECORD_BYTES(surgery_slots(page)) <= value.size, "no such record");
    return (uint64_t)(value.data - s->bytes) + index * OG_RECORD_BYTES(surgery_slots(page));
}

uint64_t surgery_records(const struct surgery *s, unsigned page)
{
    return surgery_value(s, page, OG_TAG_RECORDS).size / OG_RECORD_BYTES(surgery_slots(page));
}

struct og_record surgery_record(const struct surgery *s, unsigned page, uint64_t index)
{
    struct og_record record;
    (void)og_record_unpack(s->bytes + record_at(s, page, index), surgery_slots(page), 0, page, index, &record);
    return record;
}

void surgery_set_record(struct surgery *s, unsigned page, uint64_t index, const struct og_record *record)
{
    og_record_pack(record, surgery_slots(page), seal_of(s), page, index, s->bytes + record_at(s, page, index));
}

struct og_span surgery_tile(const struct surgery *s, unsigned page, uint64_t index, unsigned slot)
{
    struct og_record record = surgery_record(s, page, index);
    uint64_t at = record.offset;
    for (unsigned i = 0; i < slot; i++)
        at += record.length[i];
    must(at <= s->size && record.length[slot] <= s->size - at, "a tile outside the file");
    return (struct og_span){s->bytes + at, record.length[slot]};
}

void surgery_set_tile(struct surgery *s, unsigned page, uint64_t index, unsigned slot, struct og_span stream)
{
    struct og_record record = surgery_record(s, page, index);
    uint64_t start = s->size;
    for (unsigned i = 0; i < surgery_slots(page); i++) {
        struct og_span part = i == slot ? stream : surgery_tile(s, page, index, i);
        surgery_append(s, part.data, part.size);
    }
    record.offset = start;
    record.length[slot] = (uint32_t)stream.size;
    record.crc[slot] = stream.size ? og_crc32c(0, stream.data, stream.size) : 0;
    surgery_set_record(s, page, index, &record);
}

void surgery_reseal(struct surgery *s)
{
    struct og_span tables[SURGERY_PAGES], description = surgery_value(s, 0, SURGERY_TAG_DESCRIPTION);
    for (unsigned page = 0; page < s->pages; page++)
        tables[page] = surgery_value(s, page, SURGERY_TAG_TABLES);
    description.size -= description.data[description.size - 1] == '\0';
    uint32_t seal = og_profile_seal(&s->pyramid, tables, s->pages, description);
    surgery_put(s, surgery_entry(s, 0, OG_TAG_SEAL) + VALUE_AT, seal, 4);
    for (unsigned page = 0; page + 2 < s->pages; page++)
        for (uint64_t i = 0; i < surgery_records(s, page); i++) {
            struct og_record record = surgery_record(s, page, i);
            surgery_set_record(s, page, i, &record);
        }
}

/* ---- classes of bytes ---- */

struct list {
    struct stretch *stretch;
    size_t count, room;
};

__attribute__((format(printf, 5, 6))) static void add(struct list *list, uint64_t at, uint64_t size, const char *kind,
                                                      const char *format, ...)
{
    if (size == 0)
        return;
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 256;
        list->stretch = realloc(list->stretch, list->room * sizeof *list->stretch);
        must(list->stretch != NULL, "no memory");
    }
    struct stretch *stretch = &list->stretch[list->count++];
    *stretch = (struct stretch){.at = at, .size = size};
    snprintf(stretch->kind, sizeof stretch->kind, "%s", kind);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(stretch->name, sizeof stretch->name, format, args);
    va_end(args);
    snprintf(stretch->name + n, sizeof stretch->name - (size_t)n, " %s", kind);
}

static void add_tile(struct list *list, uint64_t at, uint32_t length, unsigned page, uint64_t index, unsigned slot)
{
    unsigned depth = page ? page + 2 : og_slot_place(slot).depth;
    static const char *const kinds[4] = {"L0", "L1", "L2", "coarser"};
    uint64_t head = length < 12 ? length / 2 : 12;
    char kind[32];
    snprintf(kind, sizeof kind, "%s tile's head", kinds[depth < 3 ? depth : 3]);
    add(list, at, head, kind, "%u.%" PRIu64 ".%u", page, index, slot);
    snprintf(kind, sizeof kind, "%s tile's body", kinds[depth < 3 ? depth : 3]);
    add(list, at + head, length - head - 1, kind, "%u.%" PRIu64 ".%u", page, index, slot);
    snprintf(kind, sizeof kind, "%s tile's end", kinds[depth < 3 ? depth : 3]);
    add(list, at + length - 1, 1, kind, "%u.%" PRIu64 ".%u", page, index, slot);
}

static void add_records(struct list *list, const struct surgery *s, unsigned page)
{
    uint64_t slots = surgery_slots(page);
    for (uint64_t i = 0; i < surgery_records(s, page); i++) {
        struct og_record record = surgery_record(s, page, i);
        uint64_t at = record_at(s, page, i), tile = record.offset;
        add(list, at, 8, page ? "tile record's offset" : "family record's offset", "%u.%" PRIu64, page, i);
        add(list, at + 8, 4 * slots, page ? "tile record's length" : "family record's lengths", "%u.%" PRIu64, page, i);
        add(list, at + 8 + 4 * slots, 4 * slots, page ? "tile record's crc" : "family record's crcs", "%u.%" PRIu64,
            page, i);
        add(list, at + 8 + 8 * slots, 4, page ? "tile record's own crc" : "family record's own crc", "%u.%" PRIu64,
            page, i);
        for (unsigned slot = 0; slot < slots; tile += record.length[slot++])
            if (record.length[slot])
                add_tile(list, tile, record.length[slot], page, i, slot);
    }
}

static void add_page(struct list *list, const struct surgery *s, unsigned page)
{
    uint64_t at = s->directory[page], count = surgery_number(s, at, 8);
    bool base = page + 2 < s->pages;
    char kind[32];
    add(list, at, 8, "directory's count", "page %u", page);
    add(list, at + 8 + ENTRY * count, 8, "directory's successor", "page %u", page);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t entry = at + 8 + ENTRY * i;
        unsigned tag = (unsigned)surgery_number(s, entry, 2);
        struct stretch value = value_of_entry(s, entry);
        snprintf(kind, sizeof kind, "%s entry %u", base ? "base" : "residual", tag);
        add(list, entry, ENTRY, kind, "page %u", page);
        snprintf(kind, sizeof kind, "%s value %u", base ? "base" : "residual", tag);
        if (value.size > 8 && tag != OG_TAG_RECORDS)
            add(list, value.at, value.size, kind, "page %u", page);
    }
    if (base)
        add_records(list, s, page);
}

static int by_place(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;
    return (a->at > b->at) - (a->at < b->at);
}

struct stretch *surgery_stretches(const struct surgery *s, size_t *count)
{
    struct list list = {0};
    add(&list, 0, 8, "magic", "header's");
    add(&list, 8, 8, "first directory", "header's");
    for (unsigned page = 0; page < s->pages; page++)
        add_page(&list, s, page);
    qsort(list.stretch, list.count, sizeof *list.stretch, by_place);
    size_t known = list.count;
    uint64_t end = 0;
    for (size_t i = 0; i <= known; i++) {
        uint64_t next = i < known ? list.stretch[i].at : s->size;
        must(next >= end, "two classes claim one byte");
        if (next > end)
            add(&list, end, next - end, "padding", "at %" PRIu64, end);
        end = i < known ? next + list.stretch[i].size : end;
    }
    qsort(list.stretch, list.count, sizeof *list.stretch, by_place);
    *count = list.count;
    return list.stretch;
}
