/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "tool/report.h"
#include "tool/words.h"
#include "tool/worst_pictures.h"

enum { BAR = 40, ROW_DB = 2, LAST_DB = 50 };

static void say_ssim(double ssim, FILE *out)
{
    if (ssim == OG_NO_SSIM)
        fputs("      -", out);
    else
        fprintf(out, "%7.4f", ssim);
}

static double level_ssim(const struct og_scores *s)
{
    return s->tally.windows ? og_tally_fidelity(&s->tally).ssim : OG_NO_SSIM;
}

static double worst_ssim(const struct og_scores *s)
{
    return s->tally.windows ? s->tally.worst_ssim : OG_NO_SSIM;
}

static void say_worst(const struct og_scores *s, FILE *out)
{
    struct og_fidelity f = og_tally_fidelity(&s->tally);
    fprintf(out, "  %6.2f at %u, %u;", f.worst_psnr_luma, f.worst_x, f.worst_y);
    say_ssim(worst_ssim(s), out);
    if (s->tally.windows)
        fprintf(out, " at %u, %u", s->tally.worst_ssim_x, s->tally.worst_ssim_y);
    fprintf(out, "; %5.2f at %u, %u\n", s->worst_delta_e.delta_e, s->worst_delta_e.x, s->worst_delta_e.y);
}

static void say_levels(const struct og_slide_facts *facts, const struct og_verified *found, FILE *out)
{
    fputs("               luma dB  chroma  RGB dB    SSIM  dE2000   worst tile: luma dB; SSIM; dE2000\n", out);
    for (unsigned depth = 0; depth < found->levels; depth++) {
        const struct og_scores *s = &found->level[depth];
        struct og_fidelity f = og_tally_fidelity(&s->tally);
        fprintf(out, "  level %2u  L%-2u %6.2f  %6.2f  %6.2f ", og_pyramid_level(&facts->pyramid, depth), depth,
                f.psnr_luma, og_tally_psnr_chroma(&s->tally), f.psnr_rgb);
        say_ssim(level_ssim(s), out);
        fprintf(out, "  %6.3f ", og_scores_delta_e(s));
        say_worst(s, out);
    }
}

static uint64_t tiles_between(const struct og_scores *s, unsigned from, unsigned to)
{
    uint64_t sum = 0;
    for (unsigned i = from; i < to; i++)
        sum += s->bins[i];
    return sum;
}

/* Every row from the first with a tile to the last; all from LAST_DB on stands in one. */
static void say_histogram(const struct og_scores *s, FILE *out)
{
    uint64_t most = 1, before = 0;
    for (unsigned db = 0; db <= LAST_DB; db += ROW_DB) {
        uint64_t tiles = tiles_between(s, db, db == LAST_DB ? OG_SCORE_BINS : db + ROW_DB);
        most = tiles > most ? tiles : most;
    }
    fputs("\n  tiles of L0 by luma PSNR\n", out);
    for (unsigned db = 0; db <= LAST_DB && before < s->tiles; db += ROW_DB) {
        uint64_t tiles = tiles_between(s, db, db == LAST_DB ? OG_SCORE_BINS : db + ROW_DB);
        before += tiles;
        if (before == 0)
            continue;
        char count[32], bar[BAR + 1] = "";
        og_words_count(tiles, count, sizeof count);
        unsigned length = (unsigned)((tiles * BAR + most - 1) / most);
        for (unsigned i = 0; i < BAR; i++)
            bar[i] = i < length ? '#' : ' ';
        if (db == LAST_DB)
            fprintf(out, "    %2u dB and more  %s %s\n", db, bar, count);
        else
            fprintf(out, "    %2u to %2u dB     %s %s\n", db, db + ROW_DB, bar, count);
    }
}

static void say_worst_tiles(const struct og_verified *found, const char *pictures, FILE *out)
{
    if (!found->worst_count)
        return;
    fputs("\n  worst tiles of L0\n", out);
    for (unsigned i = 0; i < found->worst_count; i++) {
        const struct og_tile_score *t = &found->worst[i];
        fprintf(out, "    %2u.  %6.2f dB  SSIM", i + 1, t->psnr_luma);
        say_ssim(t->ssim, out);
        fprintf(out, "  dE2000 %5.2f  at %u, %u\n", t->delta_e, t->x, t->y);
    }
    if (pictures)
        fprintf(out, "    drawn in %s: source, slide, their difference times %d\n", pictures, OG_WORST_GAIN);
}

static void say_trust(const struct og_verified_names *names, const struct og_verified *found, FILE *out)
{
    static const char *const same[] = {
        [OG_FILE_UNKNOWN] = "the slide does not say which file it was made from",
        [OG_FILE_SAME] = "it is the file that the slide was made from",
        [OG_FILE_OTHER] = "it is NOT the file that the slide was made from: another digest",
    };
    fprintf(out, "%s against %s: %s\n", names->slide, names->source, same[found->same_file]);
    fprintf(out, "  what the slide says of itself is %s\n",
            !found->is_described  ? "nothing"
            : found->as_described ? "just what was found"
                                  : "NOT what was found");
}

void og_report_verified(const struct og_verified_names *names, const struct og_slide_facts *facts,
                        const struct og_verified *found, FILE *out)
{
    char took[32];
    og_words_duration(found->seconds, took, sizeof took);
    say_trust(names, found, out);
    say_levels(facts, found, out);
    say_histogram(&found->level[0], out);
    say_worst_tiles(found, names->pictures, out);
    fprintf(out, "\n  %s, %.1f Mpx/s\n", took, (double)found->level[0].tally.samples / 1e6 / found->seconds);
}

static void ssim_json(double ssim, FILE *out)
{
    if (ssim == OG_NO_SSIM)
        fputs("null", out);
    else
        fprintf(out, "%.8f", ssim);
}

static void level_json(const struct og_slide_facts *facts, unsigned depth, const struct og_scores *s, FILE *out)
{
    struct og_fidelity f = og_tally_fidelity(&s->tally);
    fprintf(out, "{\"level\":%u,\"depth\":%u,\"tiles\":%" PRIu64 ",\"psnr_luma\":%.6f,\"psnr_chroma\":%.6f,",
            og_pyramid_level(&facts->pyramid, depth), depth, s->tiles, f.psnr_luma, og_tally_psnr_chroma(&s->tally));
    fprintf(out, "\"psnr_rgb\":%.6f,\"ssim\":", f.psnr_rgb);
    ssim_json(level_ssim(s), out);
    fprintf(out, ",\"delta_e\":%.6f,\"worst\":{\"psnr_luma\":{\"value\":%.6f,\"x\":%u,\"y\":%u},\"ssim\":{\"value\":",
            og_scores_delta_e(s), f.worst_psnr_luma, f.worst_x, f.worst_y);
    ssim_json(worst_ssim(s), out);
    fprintf(out, ",\"x\":%u,\"y\":%u},\"delta_e\":{\"value\":%.6f,\"x\":%u,\"y\":%u}},\"histogram\":[",
            s->tally.worst_ssim_x, s->tally.worst_ssim_y, s->worst_delta_e.delta_e, s->worst_delta_e.x,
            s->worst_delta_e.y);
    const char *comma = "";
    for (unsigned db = 0; db < OG_SCORE_BINS; db++) {
        if (!s->bins[db])
            continue;
        fprintf(out, "%s{\"from\":%u,\"tiles\":%" PRIu64 "}", comma, db, s->bins[db]);
        comma = ",";
    }
    fputs("]}", out);
}

static void worst_json(const struct og_verified *found, unsigned i, const char *pictures, FILE *out)
{
    const struct og_tile_score *t = &found->worst[i];
    fprintf(out,
            "%s{\"x\":%u,\"y\":%u,\"psnr_luma\":%.6f,\"psnr_chroma\":%.6f,\"psnr_rgb\":%.6f,\"ssim\":", i ? "," : "",
            t->x, t->y, t->psnr_luma, t->psnr_chroma, t->psnr_rgb);
    ssim_json(t->ssim, out);
    fprintf(out, ",\"delta_e\":%.6f,\"picture\":", t->delta_e);
    char name[64];
    og_worst_name(i + 1, t, name, sizeof name);
    if (pictures)
        og_json_quote(name, out);
    else
        fputs("null", out);
    fputc('}', out);
}

void og_report_verified_json(const struct og_verified_names *names, const struct og_slide_facts *facts,
                             const struct og_verified *found, FILE *out)
{
    static const char *const same[] = {"null", "true", "false"};
    fputs("{\"path\":", out);
    og_json_quote(names->slide, out);
    fputs(",\"source\":", out);
    og_json_quote(names->source, out);
    fprintf(out, ",\"same_file\":%s,\"as_described\":%s,\"levels\":[", same[found->same_file],
            !found->is_described  ? "null"
            : found->as_described ? "true"
                                  : "false");
    for (unsigned depth = 0; depth < found->levels; depth++) {
        fputs(depth ? "," : "", out);
        level_json(facts, depth, &found->level[depth], out);
    }
    fputs("],\"worst_tiles\":[", out);
    for (unsigned i = 0; i < found->worst_count; i++)
        worst_json(found, i, names->pictures, out);
    fprintf(out, "],\"seconds\":%.3f}\n", found->seconds);
}
