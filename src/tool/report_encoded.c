/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdlib.h>

#include "tool/preset.h"
#include "tool/report.h"
#include "tool/words.h"

/* A sample is never quite like the slide: so many dB below the aim are worth a word. */
#define MISSED 0.1

static double megapixels(const struct og_description *d)
{
    return (double)d->width * d->height / 1e6;
}

static void say_part(const char *name, const struct og_encode_result *r, unsigned depth, FILE *out)
{
    char bytes[32];
    og_words_bytes(r->written.bytes[depth], bytes, sizeof bytes);
    fprintf(out, "  %-15s %9s", name, bytes);
    if (depth < 2 && r->written.tiles[depth])
        fprintf(out, "  %2.0f %% of tiles need none",
                100.0 * (double)r->written.absent[depth] / (double)r->written.tiles[depth]);
    fputc('\n', out);
}

static void say_aim(const struct og_description *d, FILE *out)
{
    const struct og_fidelity *full = &d->fidelity[0];
    if (!d->encoder.aim)
        return;
    const char *name = og_preset_name(d->encoder.aim);
    fprintf(out, "  aimed at %g dB luma PSNR of tissue%s%s%s: ", d->encoder.aim, name ? " (" : "", name ? name : "",
            name ? ")" : "");
    if (full->psnr_tissue == 0)
        fputs("there is none", out);
    else
        fprintf(out, "it has %.1f%s", full->psnr_tissue,
                full->psnr_tissue >= d->encoder.aim - MISSED ? ""
                : d->encoder.l0_step > 1                     ? ", LESS than aimed at: --l0-step with less than now"
                                                             : ", LESS than aimed at, and no step is smaller");
    fprintf(out, "; steps %d, %d and base quality %d", d->encoder.l0_step, d->encoder.l1_step, d->encoder.base_quality);
    if (d->encoder.chroma_step)
        fprintf(out, ", of colour %d", d->encoder.chroma_step);
    fputc('\n', out);
}

void og_report_encoded(const char *path, const struct og_encode_result *r, FILE *out)
{
    const struct og_description *d = &r->description;
    const struct og_fidelity *full = &d->fidelity[0];
    char bytes[32], took[32];
    og_words_bytes(r->file_bytes, bytes, sizeof bytes);
    og_words_duration(r->seconds, took, sizeof took);
    fprintf(out, "%s: %u x %u pixels in %s (%.2f bits per pixel)\n", path, d->width, d->height, bytes,
            (double)r->file_bytes * 8 / ((double)d->width * d->height));
    say_part("L0 residuals", r, 0, out);
    say_part("L1 residuals", r, 1, out);
    say_part("L2 and coarser", r, 2, out);
    say_aim(d, out);
    fprintf(out, "  full size is %.1f dB luma and %.1f dB RGB PSNR from the source (worst tile %.1f luma, at %u, %u)",
            full->psnr_luma, full->psnr_rgb, full->worst_psnr_luma, full->worst_x, full->worst_y);
    if (full->ssim > 0)
        fprintf(out, ", SSIM %.3f", full->ssim);
    fprintf(out, ",\n  before the last JPEG step; %s, %.1f Mpx/s on %u thread%s\n", took, megapixels(d) / r->seconds,
            r->threads, r->threads == 1 ? "" : "s");
}

enum og_status og_report_encoded_json(const char *path, const struct og_encode_result *r, FILE *out,
                                      struct og_error *err)
{
    static const char *const names[3] = {"L0", "L1", "L2"};
    char *description = og_description_print(&r->description);
    if (!description)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    fputs("{\"path\":", out);
    og_json_quote(path, out);
    fprintf(out, ",\"file_bytes\":%" PRIu64 ",\"tiles\":{", r->file_bytes);
    for (unsigned depth = 0; depth < 3; depth++)
        fprintf(out, "%s\"%s\":{\"tiles\":%" PRIu64 ",\"absent\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", depth ? "," : "",
                names[depth], r->written.tiles[depth], r->written.absent[depth], r->written.bytes[depth]);
    fprintf(out, "},\"seconds\":%.3f,\"mpx_per_second\":%.2f,\"threads\":%u,\"description\":%s}\n", r->seconds,
            megapixels(&r->description) / r->seconds, r->threads, description);
    free(description);
    return OG_OK;
}
