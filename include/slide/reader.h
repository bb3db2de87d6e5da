/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_READER_H
#define OG_SLIDE_READER_H
/*
 * og_reader: how the bytes of an open file come into the caller's memory. Each kind is a const table of functions in a
 * file of its own; all of them keep the same promises, so that whoever reads does not know which one it is.
 *
 * Threads:   a reader belongs to one thread at a time; any number of readers read the same file at once.
 * Ownership: new returns owned. A reader keeps nothing of a file: files may be closed before it.
 * Errors:    a read that does not deliver every byte fails: OG_DAMAGED past the end of the file, wherever that is now,
 *            OG_IO otherwise. The buffer's bytes are then undefined, and nobody writes to it any more.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/reader_kind.h"
#include "base/span.h"
#include "base/status.h"
#include "slide/file.h"

struct og_reader;

/* Fails with OG_UNSUPPORTED and the reason where the kind does not work; OG_READER_PREAD works wherever memory is. */
OG_CHECKED enum og_status og_reader_new(enum og_reader_kind kind, struct og_reader **out, struct og_error *err);
enum og_reader_kind og_reader_kind(const struct og_reader *reader); /* never OG_READER_AUTO */

OG_CHECKED enum og_status og_reader_read(struct og_reader *reader, struct og_file *file, uint64_t offset, void *to,
                                         size_t size, struct og_error *err);

/* All of a file that has from 1 to `room` bytes, else OG_DAMAGED: not a `what`. */
OG_CHECKED enum og_status og_reader_read_whole(struct og_reader *reader, struct og_file *file, uint8_t *buffer,
                                               size_t room, const char *what, struct og_span *out,
                                               struct og_error *err);

/* A hint: these bytes will be read soon. Does not wait for them, and nothing is wrong when they do not exist. */
void og_reader_ahead(struct og_reader *reader, struct og_file *file, uint64_t offset, size_t size);

void og_reader_destroy(struct og_reader **reader);

#endif
