/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_KERNELS_H
#define OG_IMAGE_KERNELS_H
/*
 * The inner loops, one table of functions per processor. Scalar is the specification; every variant gives the same
 * bytes.
 *
 * A predictor is a centre-aligned 2x upsampling, first down the columns, then along the rows; `>>` is arithmetic;
 * indices outside the source plane take its nearest sample, and nothing outside it is read. C(v) = clamp(v, 0, 255).
 *
 * OG_PREDICTOR_TAPS, "six-tap-smooth": weights w of the slide's own (base/prediction.h), some for each pass, 8-bit
 * samples between the passes:
 *
 *     column pass   v[2i]   = C((w[0] s[i-3] + w[1] s[i-2] + … + w[5] s[i+2] + 32) >> 6)
 *                   v[2i+1] = C((w[0] s[i+3] + w[1] s[i+2] + … + w[5] s[i-2] + 32) >> 6)
 *     row pass      the same over v, along the row, with its own w
 *
 * og_taps_cubic, "cubic-64", is cubic convolution with a = -0.75 in 1/64 (R. Keys, "Cubic convolution interpolation for
 * digital image processing", IEEE TASSP 29, 1981).
 *
 * OG_PREDICTOR_BILINEAR and OG_PREDICTOR_BILINEAR_ROUNDED: weights 3:1 in each direction, exact sums between the
 * passes, so that a sample is (9a + 3b + 3c + d + k) >> 4 with k = 0 and k = 8:
 *
 *     column pass   v[2i]   = 3 s[i] + s[i-1]
 *                   v[2i+1] = 3 s[i] + s[i+1]
 *     row pass      p[2j]   = (3 v[j] + v[j-1] + k) >> 4
 *                   p[2j+1] = (3 v[j] + v[j+1] + k) >> 4
 *
 * A residual r of L0 is smoothed before it is added to what OG_PREDICTOR_TAPS predicts, with weights w of the slide's
 * own, in place; the plane is mirrored at its edges (-1 is 0, -2 is 1), as the transform sees it:
 *
 *     r[x, y] = C(128 + ((32 + sum of w[|v|][|u|] (r[x + u, y + v] - 128) for u, v from -2 to 2) >> 6))
 *
 * Threads:   const tables, pure functions. Ownership: borrow everything. Errors: none.
 */
#include "base/prediction.h"
#include "base/status.h"
#include "base/tile.h"
#include "image/dct.h"
#include "image/plane.h"

enum { OG_PREDICTOR_REACH = 3 }; /* samples that a prediction reads beyond each side of its area, at most */

struct og_kernels {
    const char *name;

    struct {
        /* Predicts the 2·area.width x 2·area.height samples at `to` from the part `area` of `from`, at most 512 wide.
         * `taps` are valid ones, never NULL; the bilinear predictors do not look at them.
         */
        void (*upsample)(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                         ptrdiff_t to_stride);

        /* The same where `to` holds residuals r: to = C(prediction + r - 128). */
        void (*upsample_add)(const struct og_taps *taps, const struct og_plane *from, struct og_rect area, uint8_t *to,
                             ptrdiff_t to_stride);
    } predict[OG_PREDICTORS];

    /* Of a plane of 2 x 2 or more, at most 512 wide; `smoothing` is valid. */
    void (*smooth)(const struct og_smoothing *smoothing, const struct og_plane *residual);

    /* to[x, y] = (sum of the 2x2 block + 2) >> 2; `from` may be odd: its last column or row is repeated. */
    void (*halve)(const struct og_plane *from, const struct og_plane *to);

    /* JFIF's colour transform (ITU-R BT.601, full range), 16-bit fixed point, rounded to nearest, as libjpeg's. */
    void (*rgb_to_ycc)(const uint8_t *rgb, size_t pixels, uint8_t *y, uint8_t *cb, uint8_t *cr);
    void (*ycc_to_rgb)(const uint8_t *y, const uint8_t *cb, const uint8_t *cr, size_t pixels, uint8_t *rgb);

    /* The transforms of dct.h. Forward into zigzag order; inverse from 8 v + u, of levels times steps. */
    void (*dct_forward)(const uint8_t *samples, ptrdiff_t stride, int16_t coefficients[OG_BLOCK]);
    void (*dct_inverse)(const int16_t coefficients[OG_BLOCK], uint8_t *to, ptrdiff_t stride);

    /* Bit i is set where |values[i]| >= bounds[i]; bounds from 1 on, values above INT16_MIN. */
    uint64_t (*at_least)(const int16_t values[OG_BLOCK], const int16_t bounds[OG_BLOCK]);
};

extern const struct og_kernels og_kernels_scalar;
extern const struct og_kernels og_kernels_avx2; /* x86-64 builds only; ask og_kernels_variant whether it runs here */
extern const struct og_kernels og_kernels_neon; /* 64-bit ARM builds only, where it always runs */

/* The variants that this processor runs, best first, scalar last; NULL behind the last. */
const struct og_kernels *og_kernels_variant(unsigned i);

/*
 * The best variant; the environment variable OG_CPU names another ("scalar", "avx2", "neon"). A name of none that runs
 * here changes nothing; the programs call check first, which refuses it in words.
 */
const struct og_kernels *og_kernels_choose(void);
OG_CHECKED enum og_status og_kernels_check(struct og_error *err);

#endif
