/* SPDX-License-Identifier: MIT */
#include "workplace.h"

#include <stdlib.h>

struct og_workplace *og_workplace_new(void)
{
    struct og_workplace *place = calloc(1, sizeof *place);
    if (!place)
        return NULL;
    place->family = og_family_new();
    place->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    if (!place->family || !place->buffer)
        og_workplace_destroy(&place);
    return place;
}

void og_workplace_destroy(struct og_workplace **place)
{
    if (!*place)
        return;
    og_family_destroy(&(*place)->family);
    free((*place)->buffer);
    free(*place);
    *place = NULL;
}
