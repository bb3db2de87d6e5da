/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_LUMA_H
#define OG_BENCH_LUMA_H
/*
 * What the alternatives to og_family_rebuild have in common: the luma of a slot, predicted and added, and no chroma.
 *
 * Threads:   as og_family_rebuild.
 * Ownership: borrows everything.
 * Errors:    none.
 */
#include "image/family.h"

static inline void rebuild_luma(const struct og_family *family, const struct og_kernels *kernels, unsigned slot,
                                bool has_residual)
{
    enum { T = OG_TILE_SIZE };
    struct og_place place = og_slot_place(slot);
    struct og_plane luma = og_family_luma(family, slot);
    struct og_rect source = {(int)place.dx * T / 2, (int)place.dy * T / 2, T / 2, T / 2};
    const struct og_plane *from = place.depth == 0 ? &family->luma1 : &family->base[0];
    const struct og_prediction *prediction = &family->prediction;
    const struct og_taps *taps = &prediction->taps[place.depth == 0 ? OG_PREDICTED_L0 : OG_PREDICTED_L1];
    if (has_residual)
        kernels->predict[prediction->predictor].upsample_add(taps, from, source, luma.data, luma.stride);
    else
        kernels->predict[prediction->predictor].upsample(taps, from, source, luma.data, luma.stride);
}

#endif
