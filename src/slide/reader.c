/* SPDX-License-Identifier: MIT */
#include "slide/reader.h"

#include <stdlib.h>

#include "reader_way.h"

struct og_reader {
    enum og_reader_kind kind;
    const struct og_reader_way *way;
    void *state;
};

static const struct og_reader_way *const ways[OG_READER_KINDS] = {
    [OG_READER_PREAD] = &og_reader_pread,
    [OG_READER_URING] = &og_reader_uring,
    [OG_READER_MMAP] = &og_reader_mmap,
};

static const enum og_reader_kind without_a_wish = OG_READER_PREAD; /* docs/PERFORMANCE.md says why */

enum og_status og_reader_new(enum og_reader_kind kind, struct og_reader **out, struct og_error *err)
{
    *out = NULL;
    struct og_reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return og_error_set(err, OG_NO_MEMORY, "out of memory for a reader");
    reader->kind = kind == OG_READER_AUTO ? without_a_wish : kind;
    reader->way = ways[reader->kind];
    enum og_status status = reader->way->start ? reader->way->start(&reader->state, err) : OG_OK;
    if (status != OG_OK) {
        free(reader);
        return status;
    }
    *out = reader;
    return OG_OK;
}

enum og_reader_kind og_reader_kind(const struct og_reader *reader)
{
    return reader->kind;
}

enum og_status og_reader_read(struct og_reader *reader, struct og_file *file, uint64_t offset, void *to, size_t size,
                              struct og_error *err)
{
    enum og_status status = og_file_check(file, offset, size, err);
    if (status != OG_OK || size == 0)
        return status;
    return reader->way->read(reader->state, file, offset, to, size, err);
}

enum og_status og_reader_read_whole(struct og_reader *reader, struct og_file *file, uint8_t *buffer, size_t room,
                                    const char *what, struct og_span *out, struct og_error *err)
{
    if (file->size == 0 || file->size > room)
        return og_error_set(err, OG_DAMAGED, "%llu bytes are not a %s", (unsigned long long)file->size, what);
    enum og_status status = og_reader_read(reader, file, 0, buffer, (size_t)file->size, err);
    if (status == OG_OK)
        *out = (struct og_span){.data = buffer, .size = (size_t)file->size};
    return status;
}

void og_reader_ahead(struct og_reader *reader, struct og_file *file, uint64_t offset, size_t size)
{
    if (size > 0 && og_file_check(file, offset, size, NULL) == OG_OK)
        reader->way->ahead(reader->state, file, offset, size);
}

void og_reader_destroy(struct og_reader **pointer)
{
    struct og_reader *reader = *pointer;
    *pointer = NULL;
    if (!reader)
        return;
    if (reader->way->stop)
        reader->way->stop(reader->state);
    free(reader);
}
