/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "tool/report.h"
#include "tool/words.h"

static void row(FILE *out, const char *name)
{
    fprintf(out, "%-16s", name);
}

static void say_size(const struct og_description *d, FILE *out)
{
    char width[32], height[32];
    og_words_count(d->width, width, sizeof width);
    og_words_count(d->height, height, sizeof height);
    row(out, "Size");
    fprintf(out, "%s x %s pixels (%.1f megapixels)\n", width, height, (double)d->width * d->height / 1e6);
    row(out, "");
    if (d->mpp_x > 0 && d->mpp_y > 0) {
        og_words_length(d->width * d->mpp_x, width, sizeof width);
        og_words_length(d->height * d->mpp_y, height, sizeof height);
        fprintf(out, "%s x %s of glass\n", width, height);
    } else {
        fputs("physical size unknown: the source names no resolution\n", out);
    }
}

static void say_scan(const struct og_description *d, FILE *out)
{
    row(out, "Scan");
    if (d->mpp_x > 0 && d->mpp_y > 0)
        fprintf(out, "%.4g \u00b5m per pixel", d->mpp_x);
    else
        fputs("resolution unknown", out);
    if (d->mpp_x > 0 && d->mpp_y > 0 && d->mpp_y != d->mpp_x)
        fprintf(out, " across, %.4g down", d->mpp_y);
    if (d->magnification > 0)
        fprintf(out, ", %gx objective", d->magnification);
    else
        fputs(", magnification unknown", out);
    fprintf(out, ", scanner %s\n", d->vendor[0] ? d->vendor : "unknown");
    row(out, "Colours");
    fprintf(out, "%s\n",
            d->icc[0] == 'c'   ? "sRGB, converted by the source's colour profile"
            : d->icc[0] == 's' ? "sRGB, as the source says"
                               : "taken as sRGB: the source has no colour profile");
}

static void say_levels(const struct og_slide_facts *facts, FILE *out)
{
    const struct og_pyramid *p = &facts->pyramid;
    row(out, "Levels");
    fprintf(out, "%u, each half of the one before, in tiles of %u x %u\n", p->top + 1, p->tile, p->tile);
    for (unsigned depth = 0; depth <= p->top; depth++) {
        struct og_extent size = og_pyramid_size(p, depth), grid = og_pyramid_grid(p, depth);
        char tiles[32];
        og_words_count((uint64_t)grid.width * grid.height, tiles, sizeof tiles);
        row(out, "");
        fprintf(out, "level %2u  %8u x %-8u %10s tile%s  %s\n", p->top - depth, size.width, size.height, tiles,
                grid.width * grid.height == 1 ? " " : "s",
                depth < 2                    ? "rebuilt from residuals"
                : depth <= facts->last_depth ? "stored as JPEG"
                                             : "made from the smallest stored one");
    }
}

static void say_part(const char *name, uint64_t bytes, uint64_t whole, FILE *out)
{
    char room[32];
    og_words_bytes(bytes, room, sizeof room);
    row(out, "");
    fprintf(out, "%-18s %9s  %4.1f %%", name, room, whole ? 100.0 * (double)bytes / (double)whole : 0);
}

static void say_absent(const struct og_survey *survey, unsigned depth, FILE *out)
{
    char absent[32], tiles[32];
    og_words_count(survey->depth[depth].absent, absent, sizeof absent);
    og_words_count(survey->depth[depth].tiles, tiles, sizeof tiles);
    fprintf(out, "  %s of %s tiles need none\n", absent, tiles);
}

static void say_bytes(const struct og_slide_facts *facts, const struct og_survey *survey, FILE *out)
{
    uint64_t whole = facts->file_bytes, known = 0;
    char room[32];
    og_words_bytes(whole, room, sizeof room);
    row(out, "File");
    fprintf(out, "%s, %.2f bits per pixel\n", room,
            (double)whole * 8 / ((double)facts->pyramid.width * facts->pyramid.height));
    say_part("L0 residuals", survey->depth[0].bytes, whole, out);
    say_absent(survey, 0, out);
    say_part("L1 residuals", survey->depth[1].bytes, whole, out);
    say_absent(survey, 1, out);
    say_part("L2 and coarser", survey->depth[2].bytes, whole, out);
    fputc('\n', out);
    for (unsigned depth = 0; depth < 3; depth++)
        known += survey->depth[depth].bytes;
    say_part("index", whole > known ? whole - known : 0, whole, out);
    fputc('\n', out);
}

static void say_fidelity(const struct og_description *d, FILE *out)
{
    row(out, "Fidelity");
    fputs("how near the tiles are to the source (dB: higher is nearer, 36 is hard to tell apart by eye;\n", out);
    row(out, "");
    fputs("SSIM: likeness of structure, 1 is equal), measured while encoding, before the last JPEG step\n", out);
    for (unsigned depth = 0; depth < 3; depth++) {
        const struct og_fidelity *f = &d->fidelity[depth];
        row(out, "");
        fprintf(out, "L%u  luma %.1f dB, RGB %.1f dB", depth, f->psnr_luma, f->psnr_rgb);
        if (f->ssim > 0)
            fprintf(out, ", SSIM %.3f", f->ssim);
        fprintf(out, "; worst tile %.1f dB at %u, %u\n", f->worst_psnr_luma, f->worst_x, f->worst_y);
    }
}

static void say_origin(const struct og_description *d, FILE *out)
{
    char room[32];
    og_words_bytes(d->source.size, room, sizeof room);
    row(out, "Made from");
    fputs(d->source.name[0] ? d->source.name : "unknown", out);
    if (d->source.size)
        fprintf(out, ", %s", room);
    fputc('\n', out);
    if (d->source.digest[0]) {
        row(out, "");
        fprintf(out, "%s\n", d->source.digest);
    }
    row(out, "Made by");
    fprintf(out, "origami %s, format %d, predictor %s, base quality %d, residual steps %d (L1) and %d (L0)",
            d->encoder.version, OG_FORMAT_VERSION, d->upsample, d->encoder.base_quality, d->encoder.l1_step,
            d->encoder.l0_step);
    if (d->encoder.chroma_step)
        fprintf(out, ", of colour %d", d->encoder.chroma_step);
    fputc('\n', out);
}

void og_report_slide(const char *path, const struct og_slide_facts *facts, const struct og_survey *survey, FILE *out)
{
    const struct og_description *d = &facts->description;
    row(out, "Slide");
    fprintf(out, "%s (%s)\n", facts->id, path);
    say_size(d, out);
    say_scan(d, out);
    say_levels(facts, out);
    say_bytes(facts, survey, out);
    say_fidelity(d, out);
    say_origin(d, out);
}

static void levels_json(const struct og_slide_facts *facts, FILE *out)
{
    const struct og_pyramid *p = &facts->pyramid;
    for (unsigned depth = 0; depth <= p->top; depth++) {
        struct og_extent size = og_pyramid_size(p, depth), grid = og_pyramid_grid(p, depth);
        fprintf(out, "%s{\"level\":%u,\"width\":%u,\"height\":%u,\"tiles_x\":%u,\"tiles_y\":%u,\"stored\":\"%s\"}",
                depth ? "," : "", p->top - depth, size.width, size.height, grid.width, grid.height,
                depth < 2                    ? "residual"
                : depth <= facts->last_depth ? "jpeg"
                                             : "derived");
    }
}

enum og_status og_report_slide_json(const char *path, const struct og_slide_facts *facts,
                                    const struct og_survey *survey, FILE *out, struct og_error *err)
{
    char *description = og_description_print(&facts->description);
    if (!description)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    fputs("{\"path\":", out);
    og_json_quote(path, out);
    fprintf(out, ",\"id\":\"%s\",\"file_bytes\":%" PRIu64 ",\"levels\":[", facts->id, facts->file_bytes);
    levels_json(facts, out);
    fputs("],\"index\":{", out);
    for (unsigned depth = 0; depth < 3; depth++)
        fprintf(out, "%s\"L%u\":{\"tiles\":%" PRIu64 ",\"absent\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", depth ? "," : "",
                depth, survey->depth[depth].tiles, survey->depth[depth].absent, survey->depth[depth].bytes);
    fprintf(out, "},\"description\":%s}\n", description);
    free(description);
    return OG_OK;
}
