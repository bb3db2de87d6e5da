/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_BUF_H
#define OG_BASE_BUF_H
/*
 * og_buf: bytes with a reference count, immutable from the moment a second owner exists. Every encoded tile is one.
 * One that came from a pool (sync/buf_pool.h) goes back there instead of to the allocator.
 *
 * Threads:   ref and unref from any thread; `data` may be written only by the creator before the buffer is shared.
 * Ownership: new and copy return owned; ref returns one more owned reference; unref takes one and empties the variable.
 *            Edges: B1 each unref releases, B2 the last unref acquires, so its free sees every owner's last read.
 * Errors:    new and copy return NULL when memory is out.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct og_buf;

struct og_buf_home {
    void (*take_back)(struct og_buf_home *home, struct og_buf *buf); /* nobody else knows the buffer any more */
};

struct og_buf {
    atomic_uint references;
    unsigned tier;            /* the home's own */
    struct og_buf_home *home; /* NULL: the allocator */
    size_t size;
    uint8_t data[];
};

struct og_buf *og_buf_new(size_t size);
struct og_buf *og_buf_copy(const void *data, size_t size);
struct og_buf *og_buf_ref(struct og_buf *buf);
void og_buf_unref(struct og_buf **buf); /* NULL inside is allowed */

/* Bytes that the allocator really spent on the buffer: what a memory bound has to count. */
size_t og_buf_cost(const struct og_buf *buf);

#endif
