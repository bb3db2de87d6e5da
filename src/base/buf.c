/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

struct og_buf *og_buf_new(size_t size)
{
    struct og_buf *buf = size <= PTRDIFF_MAX - sizeof *buf ? malloc(sizeof *buf + size) : NULL;
    if (!buf)
        return NULL;
    atomic_init(&buf->references, 1);
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
    if (old->home)
        old->home->take_back(old->home, old);
    else
        free(old);
}

size_t og_buf_cost(const struct og_buf *buf)
{
    return malloc_usable_size((void *)buf);
}
