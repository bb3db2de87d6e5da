/* SPDX-License-Identifier: MIT */
#include "image/kernels.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool always(void)
{
    return true;
}

#ifdef OG_WITH_AVX2
static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") != 0;
}
#endif

/* Best first; scalar, which every processor runs, last. */
static const struct {
    const struct og_kernels *table;
    bool (*runs_here)(void);
} variants[] = {
#ifdef OG_WITH_NEON
    {&og_kernels_neon, always},
#endif
#ifdef OG_WITH_AVX2
    {&og_kernels_avx2, has_avx2},
#endif
    {&og_kernels_scalar, always},
};

enum { VARIANTS = sizeof variants / sizeof variants[0] };

const struct og_kernels *og_kernels_variant(unsigned i)
{
    for (unsigned v = 0; v < VARIANTS; v++)
        if (variants[v].runs_here() && i-- == 0)
            return variants[v].table;
    return NULL;
}

/* NULL: nothing is wished. */
static const char *wish(void)
{
    const char *name = getenv("OG_CPU"); /* allow: read once, before any thread */
    return name && *name ? name : NULL;
}

const struct og_kernels *og_kernels_choose(void)
{
    const char *wanted = wish();
    const struct og_kernels *table;
    for (unsigned i = 0; wanted && (table = og_kernels_variant(i)); i++)
        if (strcmp(table->name, wanted) == 0)
            return table;
    return og_kernels_variant(0);
}

enum og_status og_kernels_check(struct og_error *err)
{
    const char *wanted = wish(), *best = og_kernels_variant(0)->name;
    if (!wanted || strcmp(og_kernels_choose()->name, wanted) == 0)
        return OG_OK;
    return og_error_set(err, OG_INVALID, "OG_CPU is \"%.80s\"; this processor runs %s%s", wanted, best,
                        og_kernels_variant(1) ? " and scalar" : "");
}
