/* SPDX-License-Identifier: MIT */
#include "tool/source.h"

#include <stdlib.h>

void og_source_close(struct og_source **source)
{
    struct og_source *s = *source;
    *source = NULL;
    if (!s)
        return;
    if (s->kind)
        s->kind->close(s->state);
    free(s->facts.file);
    free(s);
}
