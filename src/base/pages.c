/* SPDX-License-Identifier: MIT */
#include "base/pages.h"

#include <stdint.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

void *og_pages_new(size_t bytes, bool huge)
{
    size_t room = bytes + HUGE_PAGE;
    char *all = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)all % HUGE_PAGE, size = (bytes + 4095) / 4096 * 4096;
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
        munmap(pages, bytes);
}
