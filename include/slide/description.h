/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_DESCRIPTION_H
#define OG_SLIDE_DESCRIPTION_H
/*
 * og_description: what a slide says about itself, the JSON in its ImageDescription, as a value.
 *
 * Threads:   pure functions.
 * Ownership: print returns owned text (free); parse borrows.
 * Errors:    parse refuses what is malformed, out of range or lacks what pixels depend on (OG_DAMAGED), and what has no
 *            "origami" or another version, tile size or predictor (OG_UNSUPPORTED); it says what and where. Unknown
 *            members are ignored, long texts cut, their control characters turned into '?': people print them.
 *            `out` is written on success only.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/prediction.h"
#include "base/status.h"

#define OG_FORMAT_VERSION 1

/* Decibels above 100, infinity included, are printed as 100: no difference that anybody could see. */
struct og_fidelity {
    double psnr_luma, psnr_rgb, ssim; /* mean of the whole level; against the source halved as the format says */
    double psnr_tissue;               /* of luma, over the tiles that show more than glass; 0: none does */
    double worst_psnr_luma;           /* of the worst tile … */
    uint32_t worst_x, worst_y;        /* … and which */
};

struct og_description {
    uint32_t width, height, tile;
    char upsample[32]; /* name of the predictor */
    struct og_tuning tuning;
    double mpp_x, mpp_y;  /* µm per pixel; 0: unknown */
    double magnification; /* of the objective; 0: unknown */
    char vendor[64];      /* empty: unknown */
    char icc[16];         /* "srgb", "converted" or "none" */
    struct {
        char version[32];
        int base_quality, l1_step, l0_step;
        int chroma_step; /* of the chroma that L1 residuals hold; 0: they hold none */
        double aim;      /* the psnr_tissue of L0 that the steps were chosen for; 0: they were given */
    } encoder;
    struct {
        char name[256];
        uint64_t size;
        char digest[80]; /* "sha256:…" */
    } source;
    struct og_fidelity fidelity[3]; /* by depth: L0, L1, L2 */
    uint64_t bytes[3];              /* L0 residuals, L1 residuals, L2 and coarser */
};

char *og_description_print(const struct og_description *description); /* NULL when memory is out */

OG_CHECKED enum og_status og_description_parse(const char *text, size_t length, struct og_description *out,
                                               struct og_error *err);

#endif
