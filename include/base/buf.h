/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_BUF_H
#define OG_BASE_BUF_H
/*
 * og_buf: bytes with a reference count, immutable from the moment a second owner exists. Every encoded tile is one.
 * One that came from a pool (sync/buf_pool.h) goes back there instead of to the allocator.
 *
 * A buffer may wear one dress: something that its owners' side of the house made of the bytes once and keeps with them
 * (the HTTP server: a complete response). The last unref then hands the memory to the dress instead of sending it home,
 * and the dress calls og_buf_send_home when nobody reads the bytes through it any more.
 *
 * Threads:   ref, unref and the dress from any thread; `data` may be written only by the creator before the buffer is
 *            shared; send_home by the one who knows that nobody else has it.
 * Ownership: new and copy return owned; ref returns one more owned reference; unref takes one and empties the variable.
 *            A dress that was put on belongs to the buffer; one that was refused stays the caller's.
 *            Edges: B1 each unref releases, B2 the last unref acquires, so its free sees every owner's last read.
 *            D1 put_on releases what the dress holds, D2 whoever looks acquires it.
 * Errors:    new and copy return NULL when memory is out.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct og_buf;

struct og_buf_home {
    void (*take_back)(struct og_buf_home *home, struct og_buf *buf); /* nobody else knows the buffer any more */
};

struct og_buf_dress {
    void (*put_away)(struct og_buf_dress *dress, struct og_buf *buf); /* the buffer has no owner any more */
};

struct og_buf {
    atomic_uint references;
    unsigned tier;            /* the home's own */
    struct og_buf_home *home; /* NULL: the allocator */
    _Atomic(struct og_buf_dress *) dress;
    size_t size;
    uint8_t data[];
};

struct og_buf *og_buf_new(size_t size);
struct og_buf *og_buf_copy(const void *data, size_t size);
struct og_buf *og_buf_ref(struct og_buf *buf);
void og_buf_unref(struct og_buf **buf); /* NULL inside is allowed */

/* What the buffer wears, for as long as the caller owns a reference to it; NULL: nothing. */
struct og_buf_dress *og_buf_dress(const struct og_buf *buf);
/* Returns what the buffer wears from now on: `dress`, or what somebody else was quicker to put on. */
struct og_buf_dress *og_buf_put_on(struct og_buf *buf, struct og_buf_dress *dress);
/* For a dress whose buffer was put away: back to the home or to the allocator. */
void og_buf_send_home(struct og_buf *buf);

/* What a dress takes of the heap besides the buffer, at most: measured by tests/http/test_warm_tile.c. */
#define OG_BUF_RESPONSE_BYTES ((size_t)1280)

/* Bytes that the allocator really spent on the buffer: what a memory bound has to count. */
size_t og_buf_cost(const struct og_buf *buf);

#endif
