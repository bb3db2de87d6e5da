/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SHELF_H
#define OG_HTTP_SHELF_H
/*
 * og_shelf: the pages and assets as buffers, each with a tag of its content, so that they are answered as documents
 * are.
 *
 * Threads:   find from any thread; new and destroy from one.
 * Ownership: new returns owned; what find returns is borrowed from the shelf.
 * Errors:    new returns NULL when memory is out; find when nothing has that name.
 */
#include "base/buf.h"
#include "http/assets.h"

struct og_shelf;

struct og_shelved {
    const struct og_asset *asset;
    struct og_buf *buf;
    uint64_t tag;
};

struct og_shelf *og_shelf_new(void);
const struct og_shelved *og_shelf_find(const struct og_shelf *shelf, const char *name, size_t length);
void og_shelf_destroy(struct og_shelf **shelf);

/* Stands for bytes: equal for equal ones. Never 0. */
uint64_t og_content_tag(const void *data, size_t size);

#endif
