/* SPDX-License-Identifier: MIT */
#include "reader_way.h"

static enum og_status read_range(void *state, struct og_file *file, uint64_t offset, void *to, size_t size,
                                 struct og_error *err)
{
    (void)state;
    return og_file_read(file, offset, to, size, err);
}

static void ahead(void *state, struct og_file *file, uint64_t offset, size_t size)
{
    (void)state;
    og_file_ahead(file, offset, size);
}

const struct og_reader_way og_reader_pread = {.read = read_range, .ahead = ahead};
