/* SPDX-License-Identifier: MIT */
#include "engine/memory.h"

#include "engine_parts.h"

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

static const size_t answers_bytes = 32 * MIB;                       /* for answers that are no longer in the cache */
static const size_t family_tiles_bytes = 20 * 64 * KIB;             /* the tiles of a family under work */
static const size_t worker_bytes = OG_SLIDE_BUFFER_BYTES + 3 * MIB; /* and codec, pictures to shrink, flat tiles */
static const size_t slide_bytes = 64 * KIB;

size_t og_engine_admitting_bytes(const struct og_engine_options *options)
{
    return options->cache_bytes + answers_bytes;
}

size_t og_engine_encoded_bytes(const struct og_engine_options *options)
{
    return og_engine_admitting_bytes(options) + options->families * family_tiles_bytes;
}

static size_t cache_tables(size_t cache_bytes)
{
    return cache_bytes / OG_CACHE_TABLE_SHARE + OG_CACHE_FIXED_BYTES + OG_ENGINE_CACHE_SHARDS * OG_CACHE_SPARE_BYTES;
}

/* A cell of a ring, and what rounding up to a power of two adds. */
static size_t cells(size_t items)
{
    return 2 * items * 2 * sizeof(void *);
}

size_t og_engine_memory(const struct og_engine_options *wanted)
{
    struct og_engine_options options = *wanted;
    og_engine_fill_defaults(&options);
    size_t encoded = og_engine_encoded_bytes(&options) + OG_BUF_POOL_IDLE_BYTES + MIB;
    size_t families = options.families * (OG_WORKPLACE_BYTES + OG_STAGES * OG_URGENCIES * cells(OG_FAMILY_SLOTS));
    size_t jobs = options.jobs * (sizeof(struct og_job) + cells(3));
    return encoded + cache_tables(options.cache_bytes) + families + jobs +
           options.workers * (worker_bytes + options.threads.stack_bytes);
}

size_t og_engine_slide_memory(void)
{
    return slide_bytes;
}
