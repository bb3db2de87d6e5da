/* SPDX-License-Identifier: MIT */
#include "image/fidelity.h"

#include <math.h>

enum { WINDOW = 8, STEP = 4 };

uint64_t og_squared_error(const struct og_plane *a, const struct og_plane *b)
{
    uint64_t sum = 0;
    for (int y = 0; y < a->height; y++) {
        const uint8_t *p = a->data + y * a->stride, *q = b->data + y * b->stride;
        uint64_t row = 0;
        for (int x = 0; x < a->width; x++)
            row += (uint64_t)((p[x] - q[x]) * (p[x] - q[x]));
        sum += row;
    }
    return sum;
}

static double ssim_window(const uint8_t *p, ptrdiff_t p_stride, const uint8_t *q, ptrdiff_t q_stride)
{
    const double n = WINDOW * WINDOW, c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    int sp = 0, sq = 0, spp = 0, sqq = 0, spq = 0;
    for (int y = 0; y < WINDOW; y++, p += p_stride, q += q_stride)
        for (int x = 0; x < WINDOW; x++) {
            sp += p[x];
            sq += q[x];
            spp += p[x] * p[x];
            sqq += q[x] * q[x];
            spq += p[x] * q[x];
        }
    double mp = sp / n, mq = sq / n;
    double vp = spp / n - mp * mp, vq = sqq / n - mq * mq, cov = spq / n - mp * mq;
    return (2 * mp * mq + c1) * (2 * cov + c2) / ((mp * mp + mq * mq + c1) * (vp + vq + c2));
}

uint64_t og_ssim_sum(const struct og_plane *a, const struct og_plane *b, double *sum)
{
    uint64_t windows = 0;
    for (int y = 0; y + WINDOW <= a->height; y += STEP)
        for (int x = 0; x + WINDOW <= a->width; x += STEP, windows++)
            *sum += ssim_window(a->data + y * a->stride + x, a->stride, b->data + y * b->stride + x, b->stride);
    return windows;
}

double og_psnr(uint64_t squared_error, uint64_t samples)
{
    if (squared_error == 0)
        return 99.0;
    double psnr = 10.0 * log10(255.0 * 255.0 * (double)samples / (double)squared_error);
    return psnr < 99.0 ? psnr : 99.0;
}
