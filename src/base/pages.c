/* SPDX-License-Identifier: MIT */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

/* Whole huge pages, or the system could not use one: what is not touched costs address space only. */
static size_t whole_pages(size_t bytes)
{
    return (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *og_pages_new(size_t bytes, bool huge)
{
    size_t size = whole_pages(bytes), room = size + HUGE_PAGE;
    if (size < bytes || room < size)
        return NULL;
    char *all = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)all % HUGE_PAGE;
    if (before)
        munmap(all, before);
    munmap(all + before + size, room - before - size);
    if (huge)
        madvise(all + before, size, MADV_HUGEPAGE);
    return all + before;
}

void og_pages_free(void *pages, size_t bytes)
{
    if (pages)
        munmap(pages, whole_pages(bytes));
}
