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

static const uint8_t *chroma_row(const struct og_plane *plane, int y, int width, bool halved, uint8_t *restrict room)
{
    if (!halved)
        return row_of(plane, y);
    const uint8_t *half = row_of(plane, y / 2);
    for (int i = 0; i < width / 2; i++)
        room[2 * i] = room[2 * i + 1] = half[i];
    if (width % 2)
        room[width - 1] = half[width / 2];
    return room;
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

void og_tally_rgb_row(const struct og_kernels *kernels, const struct og_tally_source *source,
                      const struct og_plane tile[3], bool chroma_halved, int y, uint8_t *of_source, uint8_t *of_tile)
{
    uint8_t cb[OG_TILE_SIZE], cr[OG_TILE_SIZE];
    const struct og_plane *p = source->planes;
    int width = p[0].width;
    kernels->ycc_to_rgb(row_of(&tile[0], y), chroma_row(&tile[1], y, width, chroma_halved, cb),
                        chroma_row(&tile[2], y, width, chroma_halved, cr), (size_t)width, of_tile);
    if (source->rgb)
        memcpy(of_source, source->rgb + y * source->rgb_stride, 3 * (size_t)width);
    else
        kernels->ycc_to_rgb(row_of(&p[0], y), row_of(&p[1], y), row_of(&p[2], y), (size_t)width, of_source);
}

static uint64_t rgb_error(const struct og_kernels *kernels, const struct og_tally_source *source,
                          const struct og_plane tile[3], bool halved)
{
    uint8_t a[3 * OG_TILE_SIZE], b[3 * OG_TILE_SIZE];
    uint64_t sum = 0;
    for (int y = 0; y < source->planes[0].height; y++) {
        og_tally_rgb_row(kernels, source, tile, halved, y, a, b);
        sum += bytes_error(a, b, 3 * source->planes[0].width);
    }
    return sum;
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
    t->windows += og_ssim_sum(luma, &rebuilt, &ssim);
    t->ssim += ssim;
    t->samples += samples;
    t->luma_error += error;
    t->rgb_error += rgb_error(kernels, source, tile, chroma_halved);
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
    into->tissue_samples += from->tissue_samples;
    into->tissue_error += from->tissue_error;
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
