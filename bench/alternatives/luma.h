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
    struct og_plane luma = og_family_luma(family, slot);
    struct og_family_source source = og_family_source(family, slot);
    const struct og_prediction *prediction = &family->prediction;
    const struct og_taps *taps = &prediction->tuning.taps[source.luma];
    if (!has_residual) {
        kernels->predict[prediction->predictor].upsample(taps, source.from, source.area, luma.data, luma.stride);
        return;
    }
    if (source.luma == OG_PREDICTED_L0 && og_prediction_smooths(prediction))
        kernels->smooth(&prediction->tuning.smoothing, &luma);
    kernels->predict[prediction->predictor].upsample_add(taps, source.from, source.area, luma.data, luma.stride);
}

#endif
