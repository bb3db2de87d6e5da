/* SPDX-License-Identifier: MIT */
#include "outcome.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct outcome outcome_of(uint64_t bytes, const struct og_tally tally[OUTCOME_DEPTHS])
{
    struct outcome out = {.bytes = (double)bytes};
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++) {
        struct og_fidelity f = og_tally_fidelity(&tally[depth]);
        out.level[depth] = (struct outcome_level){.luma = f.psnr_luma,
                                                  .chroma = og_tally_psnr_chroma(&tally[depth]),
                                                  .rgb = f.psnr_rgb,
                                                  .tissue = f.psnr_tissue,
                                                  .ssim = f.ssim};
    }
    return out;
}

void curve_add(struct curve *curve, const struct outcome *outcome)
{
    unsigned at = curve->points++;
    assert(at < CURVE_POINTS);
    while (at > 0 && curve->point[at - 1].level[0].luma > outcome->level[0].luma)
        at--;
    memmove(&curve->point[at + 1], &curve->point[at], (curve->points - 1 - at) * sizeof *outcome);
    curve->point[at] = *outcome;
}

static double between(double a, double b, double share)
{
    return a + (b - a) * share;
}

static struct outcome_level level_between(const struct outcome_level *a, const struct outcome_level *b, double share)
{
    return (struct outcome_level){.luma = between(a->luma, b->luma, share),
                                  .chroma = between(a->chroma, b->chroma, share),
                                  .rgb = between(a->rgb, b->rgb, share),
                                  .tissue = between(a->tissue, b->tissue, share),
                                  .ssim = between(a->ssim, b->ssim, share)};
}

bool curve_at(const struct curve *curve, double luma_psnr, struct outcome *out)
{
    for (unsigned i = 1; i < curve->points; i++) {
        const struct outcome *a = &curve->point[i - 1], *b = &curve->point[i];
        double from = a->level[0].luma, to = b->level[0].luma;
        if (luma_psnr < from || luma_psnr > to || to <= from)
            continue;
        double share = (luma_psnr - from) / (to - from);
        out->bytes = exp(between(log(a->bytes), log(b->bytes), share));
        for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++)
            out->level[depth] = level_between(&a->level[depth], &b->level[depth], share);
        return true;
    }
    return false;
}

static bool is_no_worse(const struct outcome *outcome, const struct outcome *than)
{
    for (unsigned depth = 0; depth < OUTCOME_DEPTHS; depth++) {
        const struct outcome_level *a = &outcome->level[depth], *b = &than->level[depth];
        if (a->luma < b->luma || a->chroma < b->chroma || a->ssim < b->ssim)
            return false;
    }
    return true;
}

bool curve_no_worse(const struct curve *curve, const struct outcome *than, struct outcome *out)
{
    for (double luma = than->level[0].luma; curve_at(curve, luma, out); luma += 0.01)
        if (is_no_worse(out, than))
            return true;
    return false;
}
