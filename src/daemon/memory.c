/* SPDX-License-Identifier: MIT */
#include "daemon/memory.h"

#include <stdio.h>

#include "engine/memory.h"

#define KIB ((uint64_t)1 << 10)
#define MIB ((uint64_t)1 << 20)

static const uint64_t program_bytes = 16 * MIB; /* code, libraries, metrics, log, threads that only watch */
static const uint64_t kept_bytes = 24 * MIB;    /* freed lately */

static uint64_t with_losses(uint64_t held)
{
    return held + held / 8;
}

struct og_memory_bound og_memory_bound(const struct og_engine_options *engine, const struct og_server_options *server)
{
    uint64_t held = og_engine_memory(engine) + og_server_memory(server) + program_bytes;
    return (struct og_memory_bound){.fixed = with_losses(held) + kept_bytes,
                                    .each_slide = with_losses(og_engine_slide_memory())};
}

void og_memory_print(struct og_memory_bound bound, char out[OG_MEMORY_TEXT])
{
    snprintf(out, OG_MEMORY_TEXT, "at most %llu MiB and %llu KiB for each slide",
             (unsigned long long)((bound.fixed + MIB - 1) / MIB),
             (unsigned long long)((bound.each_slide + KIB - 1) / KIB));
}
