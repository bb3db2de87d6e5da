/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "tool/report.h"
#include "tool/words.h"

enum { SHOWN = 50 };

static uint64_t at_most(uint64_t n, uint64_t most)
{
    return n < most ? n : most;
}

static void say_damage(const struct og_slide_facts *facts, const struct og_damage *d, FILE *out)
{
    fprintf(out, "  level %2u, L%u tile %u, %u%s: %s\n", og_pyramid_level(&facts->pyramid, d->depth), d->depth, d->x,
            d->y, d->whole_family ? " and all that is rebuilt from it" : "", d->reason);
}

void og_report_inspected(const char *path, const struct og_slide_facts *facts, const struct og_inspected *found,
                         FILE *out)
{
    char tiles[32], bytes[32], absent[32], took[32], damaged[32], lost[32];
    og_words_count(found->tiles, tiles, sizeof tiles);
    og_words_bytes(found->bytes, bytes, sizeof bytes);
    og_words_count(found->absent, absent, sizeof absent);
    og_words_count(found->damaged, damaged, sizeof damaged);
    og_words_count(found->lost, lost, sizeof lost);
    og_words_duration(found->seconds, took, sizeof took);
    fprintf(out, "%s: %s\n", path, found->damaged ? "DAMAGED" : "whole");
    fprintf(out, "  %s stored tiles in %s are what was written, and decode; %s need no residual\n", tiles, bytes,
            absent);
    if (found->damaged)
        fprintf(out, "  damaged: %s; tiles that cannot be served for that: %s\n", damaged, lost);
    for (unsigned i = 0; i < at_most(found->damaged, SHOWN); i++)
        say_damage(facts, &found->damage[i], out);
    if (found->damaged > SHOWN)
        fprintf(out, "  and %" PRIu64 " more\n", found->damaged - SHOWN);
    fprintf(out, "  %s\n", took);
}

void og_report_inspected_json(const char *path, const struct og_slide_facts *facts, const struct og_inspected *found,
                              FILE *out)
{
    fputs("{\"path\":", out);
    og_json_quote(path, out);
    fprintf(out,
            ",\"tiles\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"absent\":%" PRIu64 ",\"damaged\":%" PRIu64
            ",\"lost\":%" PRIu64 ",\"seconds\":%.3f,\"damage\":[",
            found->tiles, found->bytes, found->absent, found->damaged, found->lost, found->seconds);
    for (unsigned i = 0; i < at_most(found->damaged, OG_DAMAGE_LISTED); i++) {
        const struct og_damage *d = &found->damage[i];
        fprintf(out, "%s{\"level\":%u,\"depth\":%u,\"x\":%u,\"y\":%u,\"whole_family\":%s,\"reason\":", i ? "," : "",
                og_pyramid_level(&facts->pyramid, d->depth), d->depth, d->x, d->y, d->whole_family ? "true" : "false");
        og_json_quote(d->reason, out);
        fputc('}', out);
    }
    fputs("]}\n", out);
}
