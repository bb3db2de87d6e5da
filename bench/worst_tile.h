/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_WORST_TILE_H
#define OG_BENCH_WORST_TILE_H
/*
 * A tile for people to judge, side by side: the source, the slide as it is served, and JPEG tiles of a pyramid that has
 * the same L0 luma PSNR as a whole. Written as JPEG of high quality, chroma whole: a PNG would be five times as large.
 *
 * Threads:   the bench's main thread.
 * Ownership: borrows everything.
 * Errors:    whatever fails ends the bench with the reason.
 */
#include "picture.h"

struct worst_tile {
    uint32_t x, y;
    double psnr; /* of luma, as stored */
    int jpeg_quality;
    double jpeg_psnr; /* of the same tile */
};

/* Of the slide at `slide`, made of the picture, the L0 tile with the least luma PSNR. */
struct worst_tile worst_tile_draw(const char *slide, const struct picture *picture, const char *path);

#endif
