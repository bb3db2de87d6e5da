/* SPDX-License-Identifier: MIT */
#include "workplace.h"

#include <stdlib.h>

#include "base/pages.h"

struct og_workplace *og_workplace_new(bool huge_pages)
{
    struct og_workplace *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    place->family = og_family_new(huge_pages);
    place->buffer = og_pages_new(OG_SLIDE_BUFFER_BYTES, false);
    if (!place->family || !place->buffer)
        og_workplace_destroy(&place);
    return place;
}

void og_workplace_destroy(struct og_workplace **place)
{
    if (!*place)
        return;
    og_family_destroy(&(*place)->family);
    og_pages_free((*place)->buffer, OG_SLIDE_BUFFER_BYTES);
    free(*place);
    *place = NULL;
}
