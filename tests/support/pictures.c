/* SPDX-License-Identifier: MIT */
#include "support/pictures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/encode.h"
#include "tool/source.h"

static uint32_t hash(uint32_t x, uint32_t y, uint32_t n)
{
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u ^ n * 0xc2b2ae3du;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    return h ^ h >> 12;
}

/* 64 cells: 20 bits of number, 16 of x, 16 of y, 12 of check. */
static uint64_t stamp_bits(struct picture_stamp stamp)
{
    uint64_t word = (uint64_t)(stamp.number & 0xfffff) << 32 | (uint64_t)(stamp.x & 0xffff) << 16 | (stamp.y & 0xffff);
    return word << 12 | (hash(stamp.x, stamp.y, stamp.number) & 0xfff);
}

static void stamped(const struct picture *p, uint32_t x, uint32_t y, uint8_t *rgb)
{
    unsigned cell = y % 256 / 32 * PICTURE_STAMP_CELLS + x % 256 / 32;
    bool set = stamp_bits((struct picture_stamp){p->number, x / 256, y / 256}) >> cell & 1;
    memset(rgb, set ? 200 : 56, 3);
}

static void white(const struct picture *p, uint32_t x, uint32_t y, uint8_t *rgb)
{
    (void)p, (void)x, (void)y;
    memset(rgb, 255, 3);
}

/* 0 … 63 and back, so that the picture has no edges. */
static uint32_t wave(uint32_t n)
{
    return n % 128 < 64 ? n % 128 : 127 - n % 128;
}

static void smooth(const struct picture *p, uint32_t x, uint32_t y, uint8_t *rgb)
{
    uint32_t texture = hash(x / 4, y / 4, p->number) % 5;
    rgb[0] = (uint8_t)(160 + wave(x / 16 + p->number) + texture);
    rgb[1] = (uint8_t)(110 + wave(y / 16) + texture);
    rgb[2] = (uint8_t)(150 + wave((x + y) / 32) + texture);
}

static void noise(const struct picture *p, uint32_t x, uint32_t y, uint8_t *rgb)
{
    uint32_t h = hash(x, y, p->number);
    rgb[0] = (uint8_t)h;
    rgb[1] = (uint8_t)(h >> 8);
    rgb[2] = (uint8_t)(h >> 16);
}

void picture_render(const struct picture *p, struct og_rect area, uint8_t *rgb, ptrdiff_t stride)
{
    static void (*const make[])(const struct picture *, uint32_t, uint32_t, uint8_t *) = {
        [PICTURE_SMOOTH] = smooth, [PICTURE_STAMPED] = stamped, [PICTURE_NOISE] = noise, [PICTURE_WHITE] = white};
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++)
            make[p->kind](p, (uint32_t)(area.x + x), (uint32_t)(area.y + y), rgb + y * stride + 3 * x);
}

bool picture_stamp_read(const uint8_t *luma, ptrdiff_t stride, int cell, struct picture_stamp *out)
{
    uint64_t bits = 0;
    for (int i = 0; i < PICTURE_STAMP_CELLS * PICTURE_STAMP_CELLS; i++) {
        int x = i % PICTURE_STAMP_CELLS * cell + cell / 2, y = i / PICTURE_STAMP_CELLS * cell + cell / 2;
        bits |= (uint64_t)(luma[y * stride + x] > 128) << i;
    }
    uint64_t word = bits >> 12;
    *out = (struct picture_stamp){(uint32_t)(word >> 32) & 0xfffff, (uint32_t)(word >> 16) & 0xffff,
                                  (uint32_t)word & 0xffff};
    return bits == stamp_bits(*out);
}

static enum og_status reader_read(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                  struct og_error *err)
{
    (void)err;
    picture_render(reader, area, rgb, stride);
    return OG_OK;
}

static const struct og_source_kind kind = {.read = reader_read};

void folder_add_coloured_slide(const struct folder *folder, const char *name, const struct picture *picture,
                               int chroma_step)
{
    struct picture copy = *picture;
    struct og_source source = {
        .facts = {.width = copy.width, .height = copy.height, .icc = "none", .name = "picture"},
        .kind = &kind,
        .state = &copy,
    };
    struct og_encode_options options = {.wish = {.l0_step = 10, .chroma_step = chroma_step, .trellis = true}};
    struct og_encode_result result;
    struct og_error err = {0};
    char path[256];
    snprintf(path, sizeof path, "%s/%s.tif", folder->path, name);
    if (og_encode(&source, path, &options, &result, &err) != OG_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
}

void folder_add_slide(const struct folder *folder, const char *name, const struct picture *picture)
{
    folder_add_coloured_slide(folder, name, picture, 0);
}

void folder_add_names(const struct folder *folder, const char *name, unsigned count)
{
    char first[256], other[256];
    snprintf(first, sizeof first, "%s/%s.tif", folder->path, name);
    for (unsigned i = 0; i < count; i++) {
        snprintf(other, sizeof other, "%s/%s-%u.tif", folder->path, name, i);
        if (link(first, other) != 0) {
            perror(other);
            exit(1);
        }
    }
}
