/* SPDX-License-Identifier: MIT */
#include "size_report.h"

#include <stdio.h>

static void say_levels(const struct outcome_level level[OUTCOME_DEPTHS])
{
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++)
        printf(",\"L%u\":{\"luma\":%.4f,\"chroma\":%.4f,\"rgb\":%.4f,\"tissue\":%.4f,\"ssim\":%.5f}", depth,
               level[depth].luma, level[depth].chroma, level[depth].rgb, level[depth].tissue, level[depth].ssim);
    puts("}");
}

static double pixels(const struct picture *picture)
{
    return (double)picture->pyramid.width * picture->pyramid.height;
}

void size_report_curve(const struct report *report, const struct picture *picture, const struct curve *curve)
{
    static const char *const names[] = {"luma PSNR of L0", "chroma PSNR of L0", "SSIM of L0"};
    for (unsigned i = 0; report->json && i < 3 * curve->points; i++) {
        const struct outcome *outcome = &curve->point[i / 3];
        const struct outcome_level *full = &outcome->level[0];
        double values[] = {full->luma, full->chroma, full->ssim};
        char name[80];
        snprintf(name, sizeof name, "%s, %s", names[i % 3], picture->name);
        report_point(report, name, curve->codec, 8 * outcome->bytes / pixels(picture), values[i % 3]);
    }
}

void size_report_outcome(const struct report *report, const struct picture *picture, const char *codec,
                         const char *setting, const struct outcome *outcome)
{
    if (report->json) {
        printf(
            "{\"bench\":\"size\",\"input\":\"%s\",\"pixels\":%.0f,\"codec\":\"%s\",\"setting\":\"%s\",\"bytes\":%.0f",
            picture->name, pixels(picture), codec, setting, outcome->bytes);
        say_levels(outcome->level);
        return;
    }
    printf("  %-24s %-12s %10.0f", codec, setting, outcome->bytes);
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++)
        printf("  %6.2f %6.2f %6.2f %.4f", outcome->level[depth].luma, outcome->level[depth].chroma,
               outcome->level[depth].rgb, outcome->level[depth].ssim);
    putchar('\n');
}

void size_report_comparison(const struct report *report, const struct comparison *c)
{
    struct outcome_level less[OUTCOME_DEPTHS];
    double ratio = c->our.bytes / c->their.bytes;
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++) {
        const struct outcome_level *our = &c->our.level[depth], *their = &c->their.level[depth];
        less[depth] = (struct outcome_level){.luma = our->luma - their->luma,
                                             .chroma = our->chroma - their->chroma,
                                             .rgb = our->rgb - their->rgb,
                                             .tissue = our->tissue - their->tissue,
                                             .ssim = our->ssim - their->ssim};
    }
    if (report->json) {
        printf("{\"bench\":\"size\",\"input\":\"%s\",\"judged\":\"%s\",\"at\":%.2f,\"ours\":\"%s\",\"against\":\"%s\","
               "\"ratio\":%.4f",
               c->input, c->judged, c->their.level[0].luma, c->ours, c->against, ratio);
        say_levels(less);
        return;
    }
    printf("  %5.2f dB %-6s %-10s ÷ %-20s %.3f ", c->their.level[0].luma, c->judged, c->ours, c->against, ratio);
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++)
        printf("  %+5.2f %+5.2f %+5.2f %+.4f", less[depth].luma, less[depth].chroma, less[depth].rgb, less[depth].ssim);
    putchar('\n');
}

void size_report_worst(const struct report *report, const char *input, const char *preset,
                       const struct worst_tile *worst)
{
    if (report->json)
        printf("{\"bench\":\"size\",\"input\":\"%s\",\"worst\":\"%s\",\"x\":%u,\"y\":%u,\"psnr\":%.4f,"
               "\"jpeg_quality\":%d,\"jpeg_psnr\":%.4f}\n",
               input, preset, worst->x, worst->y, worst->psnr, worst->jpeg_quality, worst->jpeg_psnr);
    else
        printf("  %s, %s: worst tile %u, %u: %.2f dB; JPEG of quality %d there: %.2f dB\n", input, preset, worst->x,
               worst->y, worst->psnr, worst->jpeg_quality, worst->jpeg_psnr);
}
