/* SPDX-License-Identifier: MIT */
#include <arm_neon.h>

#include "kernels_plain.h"
#include "kernels_rows.h"

enum { LANES = 16, SUMS = LANES / 2 };

/* Sums in 16 bits, whose sign comes back when they are read as signed; the shift rounds and clamps. */
static uint8x8_t cubic8(uint8x8_t far, uint8x8_t near, uint8x8_t own, uint8x8_t other)
{
    uint16x8_t sum = vmull_u8(own, vdup_n_u8(56));
    sum = vmlal_u8(sum, near, vdup_n_u8(17));
    sum = vmlsl_u8(sum, far, vdup_n_u8(2));
    sum = vmlsl_u8(sum, other, vdup_n_u8(7));
    return vqrshrun_n_s16(vreinterpretq_s16_u16(sum), 6);
}

static uint8x16_t cubic16(uint8x16_t far, uint8x16_t near, uint8x16_t own, uint8x16_t other)
{
    return vcombine_u8(cubic8(vget_low_u8(far), vget_low_u8(near), vget_low_u8(own), vget_low_u8(other)),
                       cubic8(vget_high_u8(far), vget_high_u8(near), vget_high_u8(own), vget_high_u8(other)));
}

/* clamp(prediction + residual - 128): both moved to signed by flipping the top bit, added with saturation, moved back.
 */
static uint8x16_t add16(uint8x16_t prediction, uint8x16_t residual)
{
    const uint8x16_t top = vdupq_n_u8(0x80);
    int8x16_t p = vreinterpretq_s8_u8(veorq_u8(prediction, top)), r = vreinterpretq_s8_u8(veorq_u8(residual, top));
    return veorq_u8(vreinterpretq_u8_s8(vqaddq_s8(p, r)), top);
}

static void cubic_blend(const struct taps *rows, int first, int last, void *to)
{
    uint8_t *row = to;
    int x = first;
    for (; x + LANES <= last; x += LANES, row += LANES)
        vst1q_u8(row, cubic16(vld1q_u8(rows->far + x), vld1q_u8(rows->near + x), vld1q_u8(rows->own + x),
                              vld1q_u8(rows->other + x)));
    for (; x < last; x++)
        cubic_blend_sample(rows, x, row++);
}

/* Even and odd samples of an output row; storing two puts them side by side. */
static uint8x16x2_t cubic_phases(const uint8_t *s)
{
    uint8x16_t a = vld1q_u8(s - 2), b = vld1q_u8(s - 1), c = vld1q_u8(s), d = vld1q_u8(s + 1), e = vld1q_u8(s + 2);
    return (uint8x16x2_t){{cubic16(a, b, c, d), cubic16(e, d, c, b)}};
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

static void cubic_stretch(const void *row, int width, uint8_t *to)
{
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        vst2q_u8(to + 2 * x, cubic_phases(s + x));
    for (; x < width; x++)
        cubic_stretch_sample(s + x, to + 2 * x);
}

static void cubic_stretch_add(const void *row, int width, uint8_t *to)
{
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        add_phases(cubic_phases(s + x), to + 2 * x);
    for (; x < width; x++)
        cubic_stretch_add_sample(s + x, to + 2 * x);
}

static void bilinear_stretch(const void *row, int width, uint8_t *to)
{
    const uint16_t *v = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        vst2q_u8(to + 2 * x, bilinear_phases(v + x));
    for (; x < width; x++)
        bilinear_stretch_sample(v + x, to + 2 * x);
}

static void bilinear_stretch_add(const void *row, int width, uint8_t *to)
{
    const uint16_t *v = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES)
        add_phases(bilinear_phases(v + x), to + 2 * x);
    for (; x < width; x++)
        bilinear_stretch_add_sample(v + x, to + 2 * x);
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
