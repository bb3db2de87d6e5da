/* SPDX-License-Identifier: MIT */
#include <arm_neon.h>

#include "kernels_plain.h"
#include "kernels_rows.h"

enum { LANES = 16, SUMS = LANES / 2 };

/* Sums in 16 bits; the shift rounds and clamps. */
static uint8x8_t taps8(const struct og_weights *weights, const uint8x8_t s[OG_TAPS])
{
    int16x8_t sum = vdupq_n_s16(0);
    for (int i = 0; i < OG_TAPS; i++)
        sum = vmlaq_n_s16(sum, vreinterpretq_s16_u16(vmovl_u8(s[i])), weights->of[i]);
    return vqrshrun_n_s16(sum, 6);
}

static uint8x16_t taps16(const struct og_weights *weights, const uint8x16_t s[OG_TAPS])
{
    uint8x8_t low[OG_TAPS], high[OG_TAPS];
    for (int i = 0; i < OG_TAPS; i++) {
        low[i] = vget_low_u8(s[i]);
        high[i] = vget_high_u8(s[i]);
    }
    return vcombine_u8(taps8(weights, low), taps8(weights, high));
}

/* clamp(prediction + residual - 128): both moved to signed by flipping the top bit, added with saturation, moved back.
 */
static uint8x16_t add16(uint8x16_t prediction, uint8x16_t residual)
{
    const uint8x16_t top = vdupq_n_u8(0x80);
    int8x16_t p = vreinterpretq_s8_u8(veorq_u8(prediction, top)), r = vreinterpretq_s8_u8(veorq_u8(residual, top));
    return veorq_u8(vreinterpretq_u8_s8(vqaddq_s8(p, r)), top);
}

static void taps_blend(const struct og_weights *weights, const struct sources *rows, int first, int last, void *to)
{
    uint8_t *row = to;
    int x = first;
    for (; x + LANES <= last; x += LANES, row += LANES) {
        uint8x16_t s[OG_TAPS];
        for (int i = 0; i < OG_TAPS; i++)
            s[i] = vld1q_u8(rows->row[i] + x);
        vst1q_u8(row, taps16(weights, s));
    }
    for (; x < last; x++)
        taps_blend_sample(weights, rows, x, row++);
}

/* Even and odd samples of an output row; storing two puts them side by side. */
static uint8x16x2_t taps_phases(const struct og_weights *weights, const uint8_t *s)
{
    uint8x16_t forward[OG_TAPS], backward[OG_TAPS];
    for (int i = 0; i < OG_TAPS; i++) {
        forward[i] = vld1q_u8(s + i - OG_TAPS_OWN);
        backward[i] = vld1q_u8(s + OG_TAPS_OWN - i);
    }
    return (uint8x16x2_t){{taps16(weights, forward), taps16(weights, backward)}};
}

static uint8x16x2_t bilinear_phases(const uint16_t *v)
{
    uint8x8_t half[2][2];
    for (int i = 0; i < 2; i++, v += SUMS) {
        uint16x8_t own = vmulq_n_u16(vld1q_u16(v), 3);
        half[0][i] = vshrn_n_u16(vaddq_u16(own, vld1q_u16(v - 1)), 4);
        half[1][i] = vshrn_n_u16(vaddq_u16(own, vld1q_u16(v + 1)), 4);
    }
    return (uint8x16x2_t){{vcombine_u8(half[0][0], half[0][1]), vcombine_u8(half[1][0], half[1][1])}};
}

static void add_phases(uint8x16x2_t predicted, uint8_t *to)
{
    uint8x16x2_t residual = vld2q_u8(to);
    vst2q_u8(to, (uint8x16x2_t){{add16(predicted.val[0], residual.val[0]), add16(predicted.val[1], residual.val[1])}});
}

static void taps_stretch(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        vst2q_u8(to + 2 * x, taps_phases(weights, s + x));
    for (; x < width; x++)
        taps_stretch_sample(weights, s + x, to + 2 * x);
}

static void taps_stretch_add(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        add_phases(taps_phases(weights, s + x), to + 2 * x);
    for (; x < width; x++)
        taps_stretch_add_sample(weights, s + x, to + 2 * x);
}

static void bilinear_stretch(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    (void)weights;
    const uint16_t *v = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        vst2q_u8(to + 2 * x, bilinear_phases(v + x));
    for (; x < width; x++)
        bilinear_stretch_sample(v + x, to + 2 * x);
}

static void bilinear_stretch_add(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    (void)weights;
    const uint16_t *v = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        add_phases(bilinear_phases(v + x), to + 2 * x);
    for (; x < width; x++)
        bilinear_stretch_add_sample(v + x, to + 2 * x);
}

static uint16x8_t load_sums(const struct columns *columns, int away, int x)
{
    const int16_t *sums = columns->sums[away < 0 ? -away : away] + OG_SMOOTHING_REACH;
    return vreinterpretq_u16_s16(vld1q_s16(sums + x + away));
}

/* Parts of the sum wrap round; the clamped whole is, less 128, a signed byte. */
static void add_columns(const struct columns *columns, int width, uint8_t *to)
{
    int x = 0;
    for (; x + SUMS <= width; x += SUMS) {
        uint16x8_t sum = load_sums(columns, 0, x);
        sum = vaddq_u16(sum, vaddq_u16(load_sums(columns, -1, x), load_sums(columns, 1, x)));
        sum = vaddq_u16(sum, vaddq_u16(load_sums(columns, -2, x), load_sums(columns, 2, x)));
        int8x8_t bytes = vqshrn_n_s16(vreinterpretq_s16_u16(sum), 6);
        vst1_u8(to + x, veor_u8(vreinterpret_u8_s8(bytes), vdup_n_u8(0x80)));
    }
    for (; x < width; x++)
        add_columns_sample(columns, x, to);
}

static int halve_row(const uint8_t *upper, const uint8_t *lower, int samples, uint8_t *to)
{
    int x = 0;
    for (; 2 * x + LANES <= samples; x += SUMS) {
        uint16x8_t sum = vpadalq_u8(vpaddlq_u8(vld1q_u8(upper + 2 * x)), vld1q_u8(lower + 2 * x));
        vst1_u8(to + x, vrshrn_n_u16(sum, 2));
    }
    return x;
}

#include "kernels_tpl.h"

const struct og_kernels og_kernels_neon = KERNELS("neon");
