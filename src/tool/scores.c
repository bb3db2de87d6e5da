/* SPDX-License-Identifier: MIT */
#include "tool/scores.h"

#include <string.h>

#include "base/tile.h"

void og_scorer_make(struct og_scorer *out)
{
    out->kernels = og_kernels_choose();
    og_lab_scale_make(&out->lab);
}

enum { NTH = 4 };

struct difference {
    double sum;
    uint64_t pixels;
};

static void add_row(struct difference *d, const struct og_lab_scale *lab, const uint8_t *a, const uint8_t *b, int from,
                    int pixels)
{
    for (int i = 3 * from; i < 3 * pixels; i += 3 * NTH, d->pixels++)
        if (memcmp(a + i, b + i, 3) != 0)
            d->sum += og_delta_e2000(og_lab_of_srgb(lab, a + i), og_lab_of_srgb(lab, b + i));
}

static struct difference tile_difference(const struct og_scorer *scorer, const struct og_tally_source *source,
                                         const struct og_plane tile[3], bool chroma_halved)
{
    static const int first[NTH] = {0, 2, 1, 3};
    uint8_t a[3 * OG_TILE_SIZE], b[3 * OG_TILE_SIZE];
    struct difference d = {0};
    for (int y = 0; y < source->planes[0].height; y++) {
        og_tally_rgb_row(scorer->kernels, source, tile, chroma_halved, y, a, b);
        add_row(&d, &scorer->lab, a, b, first[y % NTH], source->planes[0].width);
    }
    return d;
}

static void note_worst(struct og_scores *scores, const struct og_tile_score *score)
{
    if (scores->tiles == 0 || score->delta_e > scores->worst_delta_e.delta_e)
        scores->worst_delta_e = *score;
}

struct og_tile_score og_scores_tile(struct og_scores *scores, const struct og_scorer *scorer, uint32_t x, uint32_t y,
                                    const struct og_tally_source *source, const struct og_plane tile[3],
                                    bool chroma_halved)
{
    struct og_tally alone = {0};
    og_tally_tile(&alone, scorer->kernels, x, y, source, tile, chroma_halved);
    struct difference d = tile_difference(scorer, source, tile, chroma_halved);
    struct og_fidelity f = og_tally_fidelity(&alone);
    struct og_tile_score score = {.x = x,
                                  .y = y,
                                  .psnr_luma = f.psnr_luma,
                                  .psnr_chroma = og_tally_psnr_chroma(&alone),
                                  .psnr_rgb = f.psnr_rgb,
                                  .ssim = alone.windows ? f.ssim : OG_NO_SSIM,
                                  .delta_e = d.sum / (double)d.pixels};
    note_worst(scores, &score);
    scores->tiles++;
    og_tally_merge(&scores->tally, &alone);
    scores->delta_e += d.sum;
    scores->delta_e_pixels += d.pixels;
    scores->bins[(int)f.psnr_luma]++;
    return score;
}

void og_scores_merge(struct og_scores *into, const struct og_scores *from)
{
    if (!from->tiles)
        return;
    note_worst(into, &from->worst_delta_e);
    into->tiles += from->tiles;
    og_tally_merge(&into->tally, &from->tally);
    into->delta_e += from->delta_e;
    into->delta_e_pixels += from->delta_e_pixels;
    for (unsigned i = 0; i < OG_SCORE_BINS; i++)
        into->bins[i] += from->bins[i];
}

double og_scores_delta_e(const struct og_scores *scores)
{
    return scores->delta_e_pixels ? scores->delta_e / (double)scores->delta_e_pixels : 0;
}
