/* SPDX-License-Identifier: MIT */
#include "must.h"

#include <stdio.h>
#include <stdlib.h>

void must(enum og_status status, const struct og_error *err)
{
    if (status == OG_OK)
        return;
    fprintf(stderr, "bench: %s\n", err->text);
    exit(1);
}
