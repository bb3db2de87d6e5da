/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_RRIP_SUMMARY_H
#define OG_SLIDE_RRIP_SUMMARY_H
/*
 * What summary.json of the published residual layout tells about the predictor: how the encoder that wrote the
 * residuals rounded. It is not said in so many words; each encoder writes a summary of its own shape.
 *
 *     "mode": "ingest" or "gpu-encode"          rounded
 *     "residual_jpeg_q_L"                       rounded (the Python tool)
 *     "l1_residuals" and "parents", no "mode"   floor (encode --pyramid)
 *     anything else, or no summary              rounded: all encoders but one round, the recommended one among them
 *
 * Threads: pure functions. Ownership: borrow.
 * Errors:  OG_DAMAGED for what is not a JSON object: pixels depend on it, so it is not guessed at.
 */
#include <stddef.h>

#include "base/prediction.h"
#include "base/status.h"

#define OG_RRIP_WITHOUT_SUMMARY OG_PREDICTOR_BILINEAR_ROUNDED

OG_CHECKED enum og_status og_rrip_summary(const char *text, size_t length, enum og_predictor *out,
                                          struct og_error *err);

#endif
