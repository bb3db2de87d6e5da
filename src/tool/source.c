/* SPDX-License-Identifier: MIT */
#include "tool/source.h"

#include <stdlib.h>

enum og_status og_source_reader_new(const struct og_source *source, void **reader, struct og_error *err)
{
    if (source->kind->reader_new)
        return source->kind->reader_new(source->state, reader, err);
    *reader = source->state;
    return OG_OK;
}

void og_source_reader_destroy(const struct og_source *source, void *reader)
{
    if (source->kind->reader_destroy)
        source->kind->reader_destroy(reader);
}

void og_source_close(struct og_source **source)
{
    struct og_source *s = *source;
    *source = NULL;
    if (!s)
        return;
    if (s->kind && s->kind->close)
        s->kind->close(s->state);
    free(s->facts.file);
    free(s);
}
