/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <lz4.h>

#include "support/rrip.h"

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void rrip_write_file(const char *path, const char *name, const void *bytes, size_t size)
{
    char whole[512];
    int length = snprintf(whole, sizeof whole, "%s/%s", path, name);
    for (char *slash = whole + 1; length < (int)sizeof whole && (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        if (mkdir(whole, 0755) != 0 && errno != EEXIST)
            abort();
    }
    FILE *file = fopen(whole, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        abort();
}

static const char *suffix(const struct rrip_slide *slide)
{
    return slide->recipe.stream == RRIP_WEBP || slide->recipe.stream == RRIP_WEBP_LOSSLESS ? "webp" : "jpg";
}

static void write_loose(const struct rrip_slide *slide, const char *path, const struct rrip_family *family)
{
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_place place = og_slot_place(slot);
        unsigned across = 4u >> place.depth;
        char name[160];
        snprintf(name, sizeof name, "residuals_q32/L%u/%u_%u/%u_%u.%s", place.depth, family->x, family->y,
                 family->x * across + place.dx, family->y * across + place.dy, suffix(slide));
        if (family->stream[slot])
            rrip_write_file(path, name, family->stream[slot]->data, family->stream[slot]->size);
    }
}

struct og_buf *rrip_pack(const struct rrip_family *family)
{
    size_t count = 0, size = 24;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        if (family->stream[slot])
            count++, size += 16 + family->stream[slot]->size;
    struct og_buf *pack = og_buf_new(size);
    if (!pack)
        abort();
    memset(pack->data, 0, size);
    memcpy(pack->data, "ORIG", 4);
    put(pack->data + 4, 1, 2);
    put(pack->data + 8, count, 4);
    put(pack->data + 12, 24, 4);
    put(pack->data + 16, 24 + 16 * count, 4);
    uint8_t *entry = pack->data + 24, *streams = entry + 16 * count, *next = streams;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        const struct og_buf *stream = family->stream[slot];
        if (!stream)
            continue;
        entry[0] = slot < OG_SLOT_L0;
        entry[1] = (uint8_t)(slot < OG_SLOT_L0 ? slot - OG_SLOT_L1 : slot - OG_SLOT_L0);
        put(entry + 4, (uint64_t)(next - streams), 4);
        put(entry + 8, stream->size, 4);
        memcpy(next, stream->data, stream->size);
        next += stream->size;
        entry += 16;
    }
    return pack;
}

struct og_buf *rrip_record(struct og_span pack)
{
    int room = LZ4_compressBound((int)pack.size);
    struct og_buf *record = og_buf_new(4 + (size_t)room);
    put(record->data, pack.size, 4);
    int size = LZ4_compress_default((const char *)pack.data, (char *)record->data + 4, (int)pack.size, room);
    if (size <= 0)
        abort();
    record->size = 4 + (size_t)size;
    return record;
}

static struct og_buf *family_record(const struct rrip_family *family)
{
    struct og_buf *pack = rrip_pack(family);
    struct og_buf *record = rrip_record((struct og_span){pack->data, pack->size});
    og_buf_unref(&pack);
    return record;
}

static void write_pack(const char *path, const struct rrip_family *family)
{
    char name[64];
    struct og_buf *record = family_record(family);
    snprintf(name, sizeof name, "residual_packs/%u_%u.pack", family->x, family->y);
    rrip_write_file(path, name, record->data, record->size);
    og_buf_unref(&record);
}

static bool has_residuals(const struct rrip_family *family)
{
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        if (family->stream[slot])
            return true;
    return false;
}

static void write_bundle(const struct rrip_slide *slide, const char *path)
{
    size_t count = (size_t)slide->grid.width * slide->grid.height, size = 32;
    uint8_t *bytes = malloc(size + count * ((size_t)2 << 20));
    uint8_t *index = calloc(count, 12);
    memset(bytes, 0, 32);
    memcpy(bytes, "ORIB", 4);
    put(bytes + 4, 1, 2);
    put(bytes + 6, slide->grid.width, 2);
    put(bytes + 8, slide->grid.height, 2);
    put(bytes + 10, count, 4);
    for (size_t i = 0; i < count; i++) {
        if (!has_residuals(&slide->families[i]))
            continue;
        struct og_buf *record = family_record(&slide->families[i]);
        put(index + 12 * i, size, 8);
        put(index + 12 * i + 8, record->size, 4);
        memcpy(bytes + size, record->data, record->size);
        size += record->size;
        og_buf_unref(&record);
    }
    put(bytes + 14, size, 8);
    memcpy(bytes + size, index, 12 * count);
    rrip_write_file(path, "residual_packs/residuals.bundle", bytes, size + 12 * count);
    free(bytes);
    free(index);
}

static void write_base(const struct rrip_slide *slide, const char *path)
{
    for (unsigned depth = 2; depth <= slide->pyramid.top; depth++) {
        struct og_extent grid = og_pyramid_grid(&slide->pyramid, depth);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            char name[96];
            uint32_t x = i % grid.width, y = i / grid.width;
            struct og_buf *tile =
                depth == 2 ? og_buf_ref(slide->families[i].stream[OG_SLOT_L2]) : rrip_code_tile(slide, depth, x, y);
            snprintf(name, sizeof name, "baseline_pyramid_files/%u/%u_%u.jpg", slide->pyramid.top - depth, x, y);
            rrip_write_file(path, name, tile->data, tile->size);
            og_buf_unref(&tile);
        }
    }
    char text[400];
    int length =
        snprintf(text, sizeof text,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\"\n  Format=\"jpg\"\n"
                 "  Overlap=\"0\"\n  TileSize=\"256\"\n  >\n  <Size\n    Height=\"%u\"\n    Width=\"%u\"\n  />\n"
                 "</Image>\n",
                 slide->recipe.height, slide->recipe.width);
    rrip_write_file(path, "baseline_pyramid.dzi", text, (size_t)length);
}

void rrip_write(const struct rrip_slide *slide, const char *path, enum rrip_form form)
{
    static const char *const summaries[] = {
        [RRIP_ENCODE] = "{\"encoder\": \"turbojpeg\", \"l1q\": 60, \"l0q\": 40, \"tile_size\": 256, "
                        "\"l1_residuals\": 4, \"l0_residuals\": 16, \"parents\": 1, \"pack\": true}",
        [RRIP_INGEST] = "{\"mode\": \"ingest\", \"tile_size\": 256, \"baseq\": 92, \"l1q\": 60, \"l0q\": 40}",
    };
    const char *summary = summaries[slide->recipe.encoder];
    rrip_write_file(path, "summary.json", summary, strlen(summary));
    write_base(slide, path);
    for (uint32_t i = 0; i < slide->grid.width * slide->grid.height; i++) {
        if (form == RRIP_LOOSE)
            write_loose(slide, path, &slide->families[i]);
        if (form == RRIP_PACKS && has_residuals(&slide->families[i]))
            write_pack(path, &slide->families[i]);
    }
    if (form == RRIP_BUNDLE)
        write_bundle(slide, path);
}
