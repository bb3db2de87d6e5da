/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct og_buf *og_buf_new(size_t size)
{
    struct og_buf *buf = size <= PTRDIFF_MAX - sizeof *buf ? malloc(sizeof *buf + size) : NULL;
    if (!buf)
        return NULL;
    atomic_init(&buf->references, 1);
    atomic_init(&buf->dress, NULL);
    buf->home = NULL;
    buf->size = size;
    return buf;
}

struct og_buf *og_buf_copy(const void *data, size_t size)
{
    struct og_buf *buf = og_buf_new(size);
    if (buf && size)
        memcpy(buf->data, data, size);
    return buf;
}

struct og_buf *og_buf_ref(struct og_buf *buf)
{
    atomic_fetch_add_explicit(&buf->references, 1, memory_order_relaxed); /* the caller holds one: no edge needed */
    return buf;
}

void og_buf_unref(struct og_buf **buf)
{
    struct og_buf *old = *buf;
    *buf = NULL;
    if (!old || atomic_fetch_sub_explicit(&old->references, 1, memory_order_acq_rel) != 1) /* B1 pairs with B2 */
        return;
    struct og_buf_dress *dress = atomic_load_explicit(&old->dress, memory_order_relaxed); /* B2 saw who put it on */
    if (dress)
        dress->put_away(dress, old);
    else
        og_buf_send_home(old);
}

struct og_buf_dress *og_buf_dress(const struct og_buf *buf)
{
    return atomic_load_explicit(&buf->dress, memory_order_acquire); /* D2 pairs with D1 */
}

struct og_buf_dress *og_buf_put_on(struct og_buf *buf, struct og_buf_dress *dress)
{
    struct og_buf_dress *worn = NULL;
    bool first = atomic_compare_exchange_strong_explicit(&buf->dress, &worn, dress, memory_order_release, /* D1 */
                                                         memory_order_acquire); /* D2: of the quicker one */
    return first ? dress : worn;
}

void og_buf_send_home(struct og_buf *buf)
{
    atomic_store_explicit(&buf->dress, NULL, memory_order_relaxed); /* nobody else has the buffer */
    if (buf->home)
        buf->home->take_back(buf->home, buf);
    else
        free(buf);
}

size_t og_buf_cost(const struct og_buf *buf)
{
    return malloc_usable_size((void *)buf);
}
