/* SPDX-License-Identifier: MIT */
#include "tool/tally.h"

#include <string.h>

#include "base/tile.h"
#include "image/fidelity.h"

enum { TISSUE_VARIANCE = 4 * 4 };

static const uint8_t *row_of(const struct og_plane *plane, int y)
{
    return plane->data + y * plane->stride;
}

/* Row y of a halved plane at full size, by libjpeg's "fancy" triangle filter. */
static void widen_row(const struct og_plane *half, int y, int width, int height, uint8_t *out)
{
    uint16_t sums[OG_TILE_SIZE / 2 + 2];
    int columns = (width + 1) / 2, last = (height + 1) / 2 - 1, far = y / 2 + (y % 2 ? 1 : -1);
    const uint8_t *a = row_of(half, y / 2), *b = row_of(half, far < 0 ? 0 : far > last ? last : far);
    for (int i = 0; i < columns; i++)
        sums[i + 1] = (uint16_t)(3 * a[i] + b[i]);
    sums[0] = sums[1];
    sums[columns + 1] = sums[columns];
    for (int i = 0; i < columns; i++) {
        out[2 * i] = (uint8_t)((3 * sums[i + 1] + sums[i] + 8) >> 4);
        out[2 * i + 1] = (uint8_t)((3 * sums[i + 1] + sums[i + 2] + 7) >> 4);
    }
}

struct chroma {
    const uint8_t *row[2];
    uint8_t room[2][OG_TILE_SIZE];
};

static void chroma_rows(const struct og_plane tile[3], const struct og_plane *luma, bool halved, int y,
                        struct chroma *out)
{
    for (unsigned i = 0; i < 2; i++) {
        if (halved)
            widen_row(&tile[i + 1], y, luma->width, luma->height, out->room[i]);
        out->row[i] = halved ? out->room[i] : row_of(&tile[i + 1], y);
    }
}

static uint64_t bytes_error(const uint8_t *a, const uint8_t *b, int n)
{
    uint32_t sum = 0; /* 3 · 256 · 255² fits */
    for (int i = 0; i < n; i++) {
        int d = a[i] - b[i];
        sum += (uint32_t)(d * d);
    }
    return sum;
}

static void rgb_rows(const struct og_kernels *kernels, const struct og_tally_source *source,
                     const struct og_plane *luma, const struct chroma *chroma, int y, uint8_t *of_source,
                     uint8_t *of_tile)
{
    const struct og_plane *p = source->planes;
    size_t width = (size_t)p[0].width;
    kernels->ycc_to_rgb(row_of(luma, y), chroma->row[0], chroma->row[1], width, of_tile);
    if (source->rgb)
        memcpy(of_source, source->rgb + y * source->rgb_stride, 3 * width);
    else
        kernels->ycc_to_rgb(row_of(&p[0], y), row_of(&p[1], y), row_of(&p[2], y), width, of_source);
}

void og_tally_rgb_row(const struct og_kernels *kernels, const struct og_tally_source *source,
                      const struct og_plane tile[3], bool chroma_halved, int y, uint8_t *of_source, uint8_t *of_tile)
{
    struct chroma chroma;
    chroma_rows(tile, &source->planes[0], chroma_halved, y, &chroma);
    rgb_rows(kernels, source, &tile[0], &chroma, y, of_source, of_tile);
}

static void add_colour(struct og_tally *t, const struct og_kernels *kernels, const struct og_tally_source *source,
                       const struct og_plane tile[3], bool halved)
{
    uint8_t a[3 * OG_TILE_SIZE], b[3 * OG_TILE_SIZE];
    const struct og_plane *p = source->planes;
    for (int y = 0; y < p[0].height; y++) {
        struct chroma chroma;
        chroma_rows(tile, &p[0], halved, y, &chroma);
        rgb_rows(kernels, source, &tile[0], &chroma, y, a, b);
        t->rgb_error += bytes_error(a, b, 3 * p[0].width);
        for (unsigned i = 0; i < 2; i++)
            t->chroma_error += bytes_error(row_of(&p[i + 1], y), chroma.row[i], p[0].width);
    }
}

bool og_tally_is_tissue(const struct og_plane *luma)
{
    uint64_t n = (uint64_t)luma->width * (uint64_t)luma->height, sum = 0, squares = 0;
    for (int y = 0; y < luma->height; y++) {
        const uint8_t *row = row_of(luma, y);
        uint32_t row_sum = 0, row_squares = 0; /* 256 · 255² fits */
        for (int x = 0; x < luma->width; x++) {
            row_sum += row[x];
            row_squares += (uint32_t)(row[x] * row[x]);
        }
        sum += row_sum;
        squares += row_squares;
    }
    return n * squares - sum * sum > TISSUE_VARIANCE * n * n;
}

static void note_worst(struct og_tally *t, uint32_t x, uint32_t y, uint64_t error, uint64_t samples)
{
    bool worse = (double)error * (double)t->worst_samples > (double)t->worst_error * (double)samples;
    if (t->worst_samples && !worse)
        return;
    t->worst_samples = samples;
    t->worst_error = error;
    t->worst_x = x;
    t->worst_y = y;
}

/* Before the tile's windows are counted. */
static void note_worst_ssim(struct og_tally *t, uint32_t x, uint32_t y, double ssim)
{
    if (t->windows && ssim >= t->worst_ssim)
        return;
    t->worst_ssim = ssim;
    t->worst_ssim_x = x;
    t->worst_ssim_y = y;
}

void og_tally_tile(struct og_tally *t, const struct og_kernels *kernels, uint32_t x, uint32_t y,
                   const struct og_tally_source *source, const struct og_plane tile[3], bool chroma_halved)
{
    const struct og_plane *luma = &source->planes[0];
    struct og_plane rebuilt = tile[0];
    rebuilt.width = luma->width;
    rebuilt.height = luma->height;
    uint64_t samples = (uint64_t)luma->width * (uint64_t)luma->height;
    uint64_t error = og_squared_error(luma, &rebuilt);
    double ssim = 0;
    uint64_t windows = og_ssim_sum(luma, &rebuilt, &ssim);
    if (windows)
        note_worst_ssim(t, x, y, ssim / (double)windows);
    t->windows += windows;
    t->ssim += ssim;
    t->samples += samples;
    t->luma_error += error;
    add_colour(t, kernels, source, tile, chroma_halved);
    if (og_tally_is_tissue(luma)) {
        t->tissue_samples += samples;
        t->tissue_error += error;
    }
    note_worst(t, x, y, error, samples);
}

void og_tally_merge(struct og_tally *into, const struct og_tally *from)
{
    if (!from->samples)
        return;
    into->samples += from->samples;
    into->luma_error += from->luma_error;
    into->rgb_error += from->rgb_error;
    into->chroma_error += from->chroma_error;
    into->tissue_samples += from->tissue_samples;
    into->tissue_error += from->tissue_error;
    if (from->windows)
        note_worst_ssim(into, from->worst_ssim_x, from->worst_ssim_y, from->worst_ssim);
    into->windows += from->windows;
    into->ssim += from->ssim;
    note_worst(into, from->worst_x, from->worst_y, from->worst_error, from->worst_samples);
}

struct og_fidelity og_tally_fidelity(const struct og_tally *t)
{
    return (struct og_fidelity){
        .psnr_luma = og_psnr(t->luma_error, t->samples),
        .psnr_rgb = og_psnr(t->rgb_error, 3 * t->samples),
        .psnr_tissue = t->tissue_samples ? og_psnr(t->tissue_error, t->tissue_samples) : 0,
        .ssim = t->windows ? t->ssim / (double)t->windows : 0,
        .worst_psnr_luma = og_psnr(t->worst_error, t->worst_samples),
        .worst_x = t->worst_x,
        .worst_y = t->worst_y,
    };
}

double og_tally_psnr_chroma(const struct og_tally *t)
{
    return og_psnr(t->chroma_error, 2 * t->samples);
}
