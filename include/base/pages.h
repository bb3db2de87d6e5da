/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_PAGES_H
#define OG_BASE_PAGES_H
/*
 * og_pages: large zeroed memory straight from the system, for buffers that live as long as their owner and never change
 * their size. It begins at a multiple of 2 MiB, so that huge pages, where they are asked for and the system has them,
 * cover it from its first byte.
 *
 * Threads:   any. Ownership: new returns owned; free takes it, with the size of new. Errors: new returns NULL.
 */
#include <stdbool.h>
#include <stddef.h>

void *og_pages_new(size_t bytes, bool huge);
void og_pages_free(void *pages, size_t bytes); /* NULL is allowed */

#endif
