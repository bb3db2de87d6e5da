/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_TALLY_H
#define OG_TOOL_TALLY_H
/*
 * og_tally: errors of tiles against their source, added up to a level's fidelity. A value, zero at the start.
 *
 * Threads:   a value. Sums of tallies depend on the order of merging only in SSIM's last digits: merge in a fixed one.
 * Ownership: borrows planes for a call.
 * Errors:    none.
 */
#include <stdbool.h>
#include <stdint.h>

#include "image/kernels.h"
#include "image/plane.h"
#include "slide/description.h"

struct og_tally {
    uint64_t samples, luma_error, chroma_error, rgb_error, windows;
    double ssim;
    uint64_t tissue_samples, tissue_error; /* luma's, of the tiles that show something */
    uint64_t worst_samples, worst_error;   /* of the tile with the largest mean error */
    uint32_t worst_x, worst_y;
    double worst_ssim; /* of the tile with the smallest mean; nothing as long as there are no windows */
    uint32_t worst_ssim_x, worst_ssim_y;
};

/* A tile's source: its planes, and its pixels where they exist (full size); else they are made from the planes. */
struct og_tally_source {
    struct og_plane planes[3];
    const uint8_t *rgb;
    ptrdiff_t rgb_stride;
};

/* Does the tile show more than glass? Its luma varies by more than 4 of 255 (standard deviation). */
bool og_tally_is_tissue(const struct og_plane *luma);

/*
 * One tile. Its chroma planes, when halved, are brought to full size as decoders of 4:2:0 tiles do it: by libjpeg's
 * "fancy" triangle filter, which reads nothing beyond the tile's part inside the slide.
 */
void og_tally_tile(struct og_tally *tally, const struct og_kernels *kernels, uint32_t x, uint32_t y,
                   const struct og_tally_source *source, const struct og_plane tile[3], bool chroma_halved);

/* Row y of both as RGB, which is what errors in RGB are counted on; rooms of three bytes per pixel. */
void og_tally_rgb_row(const struct og_kernels *kernels, const struct og_tally_source *source,
                      const struct og_plane tile[3], bool chroma_halved, int y, uint8_t *of_source, uint8_t *of_tile);

void og_tally_merge(struct og_tally *into, const struct og_tally *from);

/* SSIM is 0 where the level is too small for a window. */
struct og_fidelity og_tally_fidelity(const struct og_tally *tally);

double og_tally_psnr_chroma(const struct og_tally *tally); /* of Cb and Cr together, at luma's size */

#endif
