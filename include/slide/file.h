/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_FILE_H
#define OG_SLIDE_FILE_H
/*
 * og_file: an open file that is only ever read, at given places. Slides are opened with its own read; tiles and
 * families are read through a reader (reader.h).
 *
 * Threads:   read from any thread; open and close are single-threaded. Edge: F1 who mapped the file publishes the
 *            mapping, F2 other readers find it. It does not change until close.
 * Ownership: the caller owns the struct; the name is not kept.
 * Errors:    a read that does not deliver every byte fails: OG_DAMAGED past the end, OG_IO otherwise.
 */
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

struct og_file {
    int fd;
    uint64_t size;           /* when it was opened */
    int64_t modified_ns;     /* when it was opened */
    _Atomic(void *) mapping; /* of the whole file, from its first read by mapping (reader_mmap.c) to its end */
};

/* Opens a regular file by its name within the directory; refuses links, pipes and devices. */
OG_CHECKED enum og_status og_file_open(int directory, const char *name, struct og_file *out, struct og_error *err);
OG_CHECKED enum og_status og_file_read(const struct og_file *file, uint64_t offset, void *to, size_t size,
                                       struct og_error *err);
/* All of a small file, `what` for the error when it has more than `most` bytes. */
OG_CHECKED enum og_status og_file_read_document(int directory, const char *name, size_t most, const char *what,
                                                struct og_buf **out, struct og_error *err);
/* OG_DAMAGED with the place when the file, as it was when opened, does not hold these bytes. */
OG_CHECKED enum og_status og_file_check(const struct og_file *file, uint64_t offset, size_t size, struct og_error *err);
/* Asks the system to start reading these bytes: a hint, which does not wait for them and cannot fail. */
void og_file_ahead(const struct og_file *file, uint64_t offset, size_t size);
/* The words for a read that failed: with the system's error, or 0 when the file ends before the last byte. */
enum og_status og_file_fail(uint64_t offset, size_t size, int error, struct og_error *err);
void og_file_close(struct og_file *file);

#endif
