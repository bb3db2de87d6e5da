/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "take_workplace.h"

/* Together with pages_malloc.c: whatever og_pages_new gave may be freed. */

void take_workplace(struct og_workplace *place)
{
    og_family_destroy(&place->family);
    free(place->buffer);
    place->family = og_family_new(false);
    place->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    if (!place->family || !place->buffer)
        abort();
}
