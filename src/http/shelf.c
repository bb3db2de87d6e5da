/* SPDX-License-Identifier: MIT */
#include "http/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "base/key.h"

struct og_shelf {
    size_t count;
    struct og_shelved shelved[];
};

uint64_t og_content_tag(const void *data, size_t size)
{
    const uint8_t *at = data;
    uint64_t tag = og_key_mix(0, size);
    for (; size > 0; size -= size < sizeof(uint64_t) ? size : sizeof(uint64_t), at += sizeof(uint64_t)) {
        uint64_t word = 0;
        memcpy(&word, at, size < sizeof word ? size : sizeof word);
        tag = og_key_mix(tag, word);
    }
    return tag ? tag : 1;
}

struct og_shelf *og_shelf_new(void)
{
    size_t count = og_assets_count();
    struct og_shelf *shelf = calloc(1, sizeof *shelf + count * sizeof shelf->shelved[0]);
    if (!shelf)
        return NULL;
    for (; shelf->count < count; shelf->count++) {
        const struct og_asset *asset = og_asset_at(shelf->count);
        size_t size = (size_t)(asset->end - asset->data);
        struct og_buf *buf = og_buf_copy(asset->data, size);
        if (!buf) {
            og_shelf_destroy(&shelf);
            return NULL;
        }
        shelf->shelved[shelf->count] = (struct og_shelved){asset, buf, og_content_tag(asset->data, size)};
    }
    return shelf;
}

const struct og_shelved *og_shelf_find(const struct og_shelf *shelf, const char *name, size_t length)
{
    for (size_t i = 0; i < shelf->count; i++) {
        const char *known = shelf->shelved[i].asset->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return &shelf->shelved[i];
    }
    return NULL;
}

void og_shelf_destroy(struct og_shelf **shelf)
{
    if (!*shelf)
        return;
    for (size_t i = 0; i < (*shelf)->count; i++)
        og_buf_unref(&(*shelf)->shelved[i].buf);
    free(*shelf);
    *shelf = NULL;
}
