/* SPDX-License-Identifier: MIT */
/* In the place of base/pages.h: large memory comes from the allocator, zeroed. */
#include "base/pages.h"

#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

void *og_pages_new(size_t bytes, bool huge)
{
    (void)huge;
    void *pages = aligned_alloc(CACHE_LINE, (bytes + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE);
    if (pages)
        memset(pages, 0, bytes);
    return pages;
}

void og_pages_free(void *pages, size_t bytes)
{
    (void)bytes;
    free(pages);
}
