/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_READER_WAY_H
#define OG_SLIDE_READER_WAY_H
/*
 * A kind of reader is one const struct of functions in a file of its own, listed in reader.c. `state` is the kind's
 * own.
 *
 * Threads:   all calls with one state come from one thread at a time.
 * Ownership: start sets *state (ended by stop).
 * Errors:    as reader.h promises. Reads and hints are asked for with at least one byte, inside the file as it was when
 *            opened: reader.c checks that.
 */
#include "slide/reader.h"

struct og_reader_way {
    enum og_status (*start)(void **state, struct og_error *err); /* NULL: there is no state */
    enum og_status (*read)(void *state, struct og_file *file, uint64_t offset, void *to, size_t size,
                           struct og_error *err);
    void (*ahead)(void *state, struct og_file *file, uint64_t offset, size_t size);
    void (*stop)(void *state); /* NULL likewise */
};

extern const struct og_reader_way og_reader_pread; /* reader_pread.c */

#endif
