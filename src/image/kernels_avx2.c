/* SPDX-License-Identifier: MIT */
#include <immintrin.h>
#include <string.h>

#include "kernels_eight.h"
#include "kernels_rows.h"

enum { LANES = 32, SUMS = LANES / 2 };

static __m256i load(const uint8_t *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

static void store(uint8_t *to, __m256i v)
{
    _mm256_storeu_si256((__m256i *)to, v);
}

/* The weights of taps, two by two, for maddubs. */
struct pairs {
    __m256i weights[OG_TAPS / 2];
};

static inline struct pairs pairs_of(const struct og_weights *weights)
{
    struct pairs p;
    for (int i = 0; i < OG_TAPS / 2; i++)
        p.weights[i] = _mm256_set1_epi16((short)((uint8_t)weights->of[2 * i + 1] << 8 | (uint8_t)weights->of[2 * i]));
    return p;
}

/*
 * 32 samples of the predictor. Bytes are interleaved in pairs so that one maddubs does two taps of 16 samples:
 *
 *     s₀[0] s₁[0] s₀[1] s₁[1] …  · (w₀, w₁)   +   s₂[0] s₃[0] …  · (w₂, w₃)   +   …   →  16-bit sums, exact
 *
 * unpacklo and unpackhi work within each half of the register and packus puts the halves back where they came from.
 */
static inline __m256i taps32(const struct pairs *p, const __m256i s[OG_TAPS])
{
    __m256i low = _mm256_set1_epi16(32), high = low;
    for (int i = 0; i < OG_TAPS / 2; i++) {
        __m256i a = s[2 * i], b = s[2 * i + 1];
        low = _mm256_add_epi16(low, _mm256_maddubs_epi16(_mm256_unpacklo_epi8(a, b), p->weights[i]));
        high = _mm256_add_epi16(high, _mm256_maddubs_epi16(_mm256_unpackhi_epi8(a, b), p->weights[i]));
    }
    return _mm256_packus_epi16(_mm256_srai_epi16(low, 6), _mm256_srai_epi16(high, 6));
}

static inline __m256i blend32(const struct pairs *p, const struct sources *rows, int x)
{
    __m256i s[OG_TAPS];
    for (int i = 0; i < OG_TAPS; i++)
        s[i] = load(rows->row[i] + x);
    return taps32(p, s);
}

static void taps_blend(const struct og_weights *weights, const struct sources *rows, int first, int last, void *to)
{
    const struct pairs p = pairs_of(weights);
    uint8_t *row = to;
    int x = first;
    for (; x + LANES <= last; x += LANES)
        store(row + x - first, blend32(&p, rows, x));
    if (x < last && last - first >= LANES) { /* the last ones together with some that are done */
        store(row + last - LANES - first, blend32(&p, rows, last - LANES));
        return;
    }
    for (; x < last; x++)
        taps_blend_sample(weights, rows, x, row + x - first);
}

/* 64 samples of an output row: even and odd phases, then put side by side. */
static inline void stretch64(const struct pairs *p, const uint8_t *s, __m256i *first, __m256i *second)
{
    __m256i forward[OG_TAPS], backward[OG_TAPS];
    for (int i = 0; i < OG_TAPS; i++) {
        forward[i] = load(s + i - OG_TAPS_OWN);
        backward[i] = load(s + OG_TAPS_OWN - i);
    }
    __m256i even = taps32(p, forward), odd = taps32(p, backward);
    __m256i low = _mm256_unpacklo_epi8(even, odd), high = _mm256_unpackhi_epi8(even, odd);
    *first = _mm256_permute2x128_si256(low, high, 0x20);
    *second = _mm256_permute2x128_si256(low, high, 0x31);
}

/* clamp(prediction + residual - 128): both moved to signed by flipping the top bit, added with saturation, moved back.
 */
static __m256i add32(__m256i prediction, __m256i residual)
{
    const __m256i top = _mm256_set1_epi8((char)0x80);
    return _mm256_xor_si256(_mm256_adds_epi8(_mm256_xor_si256(prediction, top), _mm256_xor_si256(residual, top)), top);
}

static void taps_stretch(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    const struct pairs p = pairs_of(weights);
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES) {
        __m256i first, second;
        stretch64(&p, s + x, &first, &second);
        store(to + 2 * x, first);
        store(to + 2 * x + LANES, second);
    }
    for (; x < width; x++)
        taps_stretch_sample(weights, s + x, to + 2 * x);
}

static void taps_stretch_add(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    const struct pairs p = pairs_of(weights);
    const uint8_t *s = row;
    int x = 0;
    for (; x + LANES <= width; x += LANES) {
        __m256i first, second;
        stretch64(&p, s + x, &first, &second);
        store(to + 2 * x, add32(first, load(to + 2 * x)));
        store(to + 2 * x + LANES, add32(second, load(to + 2 * x + LANES)));
    }
    for (; x < width; x++)
        taps_stretch_add_sample(weights, s + x, to + 2 * x);
}

/* 32 samples of an output row: each 16 bits hold an even sample and, above it, the odd one. */
static __m256i bilinear32(const uint16_t *v)
{
    __m256i own = _mm256_mullo_epi16(_mm256_loadu_si256((const __m256i *)v), _mm256_set1_epi16(3));
    __m256i even = _mm256_add_epi16(own, _mm256_loadu_si256((const __m256i *)(v - 1)));
    __m256i odd = _mm256_add_epi16(own, _mm256_loadu_si256((const __m256i *)(v + 1)));
    odd = _mm256_and_si256(_mm256_slli_epi16(odd, 4), _mm256_set1_epi16((short)0xff00));
    return _mm256_or_si256(_mm256_srli_epi16(even, 4), odd);
}

static void bilinear_stretch(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    (void)weights;
    const uint16_t *v = row;
    int x = 0;
    for (; x + SUMS <= width; x += SUMS)
        store(to + 2 * x, bilinear32(v + x));
    for (; x < width; x++)
        bilinear_stretch_sample(v + x, to + 2 * x);
}

static void bilinear_stretch_add(const struct og_weights *weights, const void *row, int width, uint8_t *to)
{
    (void)weights;
    const uint16_t *v = row;
    int x = 0;
    for (; x + SUMS <= width; x += SUMS)
        store(to + 2 * x, add32(bilinear32(v + x), load(to + 2 * x)));
    for (; x < width; x++)
        bilinear_stretch_add_sample(v + x, to + 2 * x);
}

static inline __m256i load_sums(const struct columns *columns, int away, int x)
{
    return _mm256_loadu_si256(
        (const __m256i *)(columns->sums[away < 0 ? -away : away] + OG_SMOOTHING_REACH + x + away));
}

static inline __m256i add_columns16(const struct columns *columns, int x)
{
    __m256i sum = load_sums(columns, 0, x);
    sum = _mm256_add_epi16(sum, _mm256_add_epi16(load_sums(columns, -1, x), load_sums(columns, 1, x)));
    sum = _mm256_add_epi16(sum, _mm256_add_epi16(load_sums(columns, -2, x), load_sums(columns, 2, x)));
    return _mm256_srai_epi16(sum, 6);
}

/* Clamped less 128, as signed bytes. */
static void add_columns(const struct columns *columns, int width, uint8_t *to)
{
    const __m256i top = _mm256_set1_epi8((char)0x80);
    int x = 0;
    for (; x + LANES <= width; x += LANES) {
        __m256i bytes = _mm256_packs_epi16(add_columns16(columns, x), add_columns16(columns, x + SUMS));
        store(to + x, _mm256_xor_si256(_mm256_permute4x64_epi64(bytes, 0xd8), top));
    }
    for (; x < width; x++)
        add_columns_sample(columns, x, to);
}

/* Sums of neighbouring bytes as 16 bits: 16 of them from 32 samples. */
static __m256i beside(const uint8_t *from)
{
    return _mm256_maddubs_epi16(load(from), _mm256_set1_epi8(1));
}

static int halve_row(const uint8_t *upper, const uint8_t *lower, int samples, uint8_t *to)
{
    const __m256i two = _mm256_set1_epi16(2);
    int x = 0;
    for (; 2 * x + 2 * LANES <= samples; x += LANES) {
        __m256i low = _mm256_add_epi16(beside(upper + 2 * x), beside(lower + 2 * x));
        __m256i high = _mm256_add_epi16(beside(upper + 2 * x + LANES), beside(lower + 2 * x + LANES));
        low = _mm256_srli_epi16(_mm256_add_epi16(low, two), 2);
        high = _mm256_srli_epi16(_mm256_add_epi16(high, two), 2);
        store(to + x, _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8));
    }
    return x;
}

static inline void take_samples(const uint8_t *samples, ptrdiff_t stride, eight rows[EIGHT])
{
    for (int y = 0; y < EIGHT; y++)
        rows[y] = (eight)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(samples + y * stride)));
}

/* Pairs of rows are interleaved by samples, then by pairs of samples, then by halves. */
static inline void turn(eight rows[EIGHT])
{
    __m256i pairs[EIGHT], fours[EIGHT];
    for (int i = 0; i < EIGHT; i += 2) {
        pairs[i] = _mm256_unpacklo_epi32((__m256i)rows[i], (__m256i)rows[i + 1]);
        pairs[i + 1] = _mm256_unpackhi_epi32((__m256i)rows[i], (__m256i)rows[i + 1]);
    }
    for (int i = 0; i < EIGHT; i += 4)
        for (int k = 0; k < 2; k++) {
            fours[i + 2 * k] = _mm256_unpacklo_epi64(pairs[i + k], pairs[i + k + 2]);
            fours[i + 2 * k + 1] = _mm256_unpackhi_epi64(pairs[i + k], pairs[i + k + 2]);
        }
    for (int i = 0; i < 4; i++) {
        rows[i] = (eight)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x20);
        rows[i + 4] = (eight)_mm256_permute2x128_si256(fours[i], fours[i + 4], 0x31);
    }
}

/* Eight pairs of 16 bits, each twice in a row of weights. */
static inline __m256i weights(int first, int second)
{
    return _mm256_set1_epi32((int)((uint32_t)second << 16 | (uint16_t)first));
}

/*
 * A pass down eight columns, of which pairs[i] holds rows i and i + 4 side by side: kernels_plain.h's sums with the
 * weights of each input put together.
 */
static inline void inverse_pass(const __m256i pairs[4], int shift, __m256i to[EIGHT])
{
    __m256i half = _mm256_set1_epi32(1 << (shift - 1));
    __m256i sum = _mm256_add_epi32(_mm256_madd_epi16(pairs[0], weights(8192, 8192)), half);
    __m256i difference = _mm256_add_epi32(_mm256_madd_epi16(pairs[0], weights(8192, -8192)), half);
    __m256i f0 = _mm256_madd_epi16(pairs[2], weights(10703, 4433));
    __m256i f1 = _mm256_madd_epi16(pairs[2], weights(4433, -10704));
    __m256i even[4] = {_mm256_add_epi32(sum, f0), _mm256_add_epi32(difference, f1), _mm256_sub_epi32(difference, f1),
                       _mm256_sub_epi32(sum, f0)};
    const __m256i odd_weights[4][2] = {{weights(11363, 6437), weights(9633, 2260)},
                                       {weights(9633, -11362), weights(-2259, -6436)},
                                       {weights(6437, 2261), weights(-11362, 9633)},
                                       {weights(2260, 9633), weights(-6436, -11363)}};
    for (int i = 0; i < 4; i++) {
        __m256i odd = _mm256_add_epi32(_mm256_madd_epi16(pairs[1], odd_weights[i][0]),
                                       _mm256_madd_epi16(pairs[3], odd_weights[i][1]));
        to[i] = _mm256_srai_epi32(_mm256_add_epi32(even[i], odd), shift);
        to[7 - i] = _mm256_srai_epi32(_mm256_sub_epi32(even[i], odd), shift);
    }
}

/* Rows of the first pass, saturated to 16 bits, to pairs of columns: samples u and u + 4 of a row, then 4 x 4 turned.
 */
static inline void pair_columns(const __m256i rows[EIGHT], __m256i pairs[4])
{
    const __m256i beside =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15));
    __m256i r[4];
    for (int i = 0; i < 4; i++) /* rows i and i + 4, each in a half of its own */
        r[i] = _mm256_shuffle_epi8(_mm256_permute4x64_epi64(_mm256_packs_epi32(rows[i], rows[i + 4]), 0xd8), beside);
    __m256i a = _mm256_unpacklo_epi32(r[0], r[1]), b = _mm256_unpacklo_epi32(r[2], r[3]);
    __m256i c = _mm256_unpackhi_epi32(r[0], r[1]), d = _mm256_unpackhi_epi32(r[2], r[3]);
    pairs[0] = _mm256_unpacklo_epi64(a, b);
    pairs[1] = _mm256_unpackhi_epi64(a, b);
    pairs[2] = _mm256_unpacklo_epi64(c, d);
    pairs[3] = _mm256_unpackhi_epi64(c, d);
}

/* Columns of samples less 128 to rows: 4 x 4 bytes are turned in each half. */
static inline void put_columns(const __m256i columns[EIGHT], uint8_t *to, ptrdiff_t stride)
{
    const __m256i turned =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    __m256i halves[2];
    for (int i = 0; i < 2; i++) {
        const __m256i *c = columns + 4 * i;
        __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(c[0], c[1]), _mm256_packs_epi32(c[2], c[3]));
        halves[i] = _mm256_shuffle_epi8(_mm256_xor_si256(bytes, _mm256_set1_epi8((char)0x80)), turned);
    }
    __m256i low = _mm256_unpacklo_epi32(halves[0], halves[1]), high = _mm256_unpackhi_epi32(halves[0], halves[1]);
    const __m128i rows[4] = {_mm256_castsi256_si128(low), _mm256_castsi256_si128(high),
                             _mm256_extracti128_si256(low, 1), _mm256_extracti128_si256(high, 1)};
    for (int i = 0; i < 4; i++) {
        _mm_storel_epi64((__m128i *)(to + 2 * i * stride), rows[i]);
        _mm_storel_epi64((__m128i *)(to + (2 * i + 1) * stride), _mm_unpackhi_epi64(rows[i], rows[i]));
    }
}

static void dct_inverse(const int16_t coefficients[OG_BLOCK], uint8_t *to, ptrdiff_t stride)
{
    const __m128i *rows = (const __m128i *)coefficients;
    __m256i pairs[4], t[EIGHT];
    for (int i = 0; i < 4; i++) {
        __m128i first = _mm_loadu_si128(rows + i), second = _mm_loadu_si128(rows + i + 4);
        pairs[i] = _mm256_set_m128i(_mm_unpackhi_epi16(first, second), _mm_unpacklo_epi16(first, second));
    }
    inverse_pass(pairs, 11, t);
    pair_columns(t, pairs);
    inverse_pass(pairs, 18, t);
    put_columns(t, to, stride);
}

/* Marks of 32 values as all ones or zeros in a byte each. */
static inline uint32_t at_least32(const int16_t *values, const int16_t *bounds)
{
    __m256i below[2];
    for (int i = 0; i < 2; i++)
        below[i] = _mm256_cmpgt_epi16(load((const uint8_t *)(bounds + i * SUMS)),
                                      _mm256_abs_epi16(load((const uint8_t *)(values + i * SUMS))));
    __m256i in_order = _mm256_permute4x64_epi64(_mm256_packs_epi16(below[0], below[1]), 0xd8);
    return ~(uint32_t)_mm256_movemask_epi8(in_order);
}

static uint64_t at_least(const int16_t values[OG_BLOCK], const int16_t bounds[OG_BLOCK])
{
    return at_least32(values, bounds) | (uint64_t)at_least32(values + LANES, bounds + LANES) << LANES;
}

#include "kernels_tpl.h"

const struct og_kernels og_kernels_avx2 = KERNELS("avx2");
