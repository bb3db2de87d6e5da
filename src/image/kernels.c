/* SPDX-License-Identifier: MIT */
#include "image/kernels.h"

#include <stdlib.h>
#include <string.h>

static const struct og_kernels *const tables[] = {&og_kernels_scalar};

const struct og_kernels *og_kernels_choose(void)
{
    const char *wanted = getenv("OG_CPU"); /* allow: read once, before any thread */
    for (size_t i = 0; wanted && i < sizeof tables / sizeof tables[0]; i++)
        if (strcmp(tables[i]->name, wanted) == 0)
            return tables[i];
    return tables[0];
}
