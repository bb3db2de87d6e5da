/* SPDX-License-Identifier: MIT */
#include "image/fidelity.h"

#include <assert.h>
#include <math.h>

#include "base/tile.h"

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

/* Of the planes, their squares and their product. */
enum { P, Q, PP, QQ, PQ, SUMS };

enum { SQUARES = OG_TILE_SIZE / STEP };

/* Sums over the squares of STEP samples in a row of them; four make a window. */
struct strip {
    int32_t of[SUMS][SQUARES];
};

static void add_up(const struct og_plane *a, const struct og_plane *b, int top, struct strip *strip)
{
    int32_t columns[SUMS][OG_TILE_SIZE] = {{0}};
    int width = a->width / STEP * STEP;
    for (int y = top; y < top + STEP; y++) {
        const uint8_t *restrict p = a->data + y * a->stride, *restrict q = b->data + y * b->stride;
        for (int x = 0; x < width; x++) {
            columns[P][x] += p[x];
            columns[Q][x] += q[x];
            columns[PP][x] += (uint16_t)(p[x] * p[x]);
            columns[QQ][x] += (uint16_t)(q[x] * q[x]);
            columns[PQ][x] += (uint16_t)(p[x] * q[x]);
        }
    }
    for (int k = 0; k < SUMS; k++)
        for (int i = 0; i < width / STEP; i++) {
            const int32_t *c = &columns[k][i * STEP];
            strip->of[k][i] = c[0] + c[1] + c[2] + c[3];
        }
}

static double mean(const struct strip *upper, const struct strip *lower, int k, int i)
{
    return (upper->of[k][i] + upper->of[k][i + 1] + lower->of[k][i] + lower->of[k][i + 1]) / (double)(WINDOW * WINDOW);
}

static double ssim_window(const struct strip *upper, const struct strip *lower, int i)
{
    const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;
    double mp = mean(upper, lower, P, i), mq = mean(upper, lower, Q, i);
    double vp = mean(upper, lower, PP, i) - mp * mp, vq = mean(upper, lower, QQ, i) - mq * mq;
    double cov = mean(upper, lower, PQ, i) - mp * mq;
    return (2 * mp * mq + c1) * (2 * cov + c2) / ((mp * mp + mq * mq + c1) * (vp + vq + c2));
}

uint64_t og_ssim_sum(const struct og_plane *a, const struct og_plane *b, double *sum)
{
    assert(a->width <= OG_TILE_SIZE);
    struct strip strips[2];
    int across = a->width / STEP - 1, down = a->height / STEP - 1;
    if (across < 1 || down < 1)
        return 0;
    add_up(a, b, 0, &strips[0]);
    for (int y = 1; y <= down; y++) {
        const struct strip *upper = &strips[(y - 1) % 2], *lower = &strips[y % 2];
        add_up(a, b, y * STEP, &strips[y % 2]);
        for (int i = 0; i < across; i++)
            *sum += ssim_window(upper, lower, i);
    }
    return (uint64_t)across * (uint64_t)down;
}

double og_psnr(uint64_t squared_error, uint64_t samples)
{
    if (squared_error == 0)
        return 99.0;
    double psnr = 10.0 * log10(255.0 * 255.0 * (double)samples / (double)squared_error);
    return psnr < 99.0 ? psnr : 99.0;
}
