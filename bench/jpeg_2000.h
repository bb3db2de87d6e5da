/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_JPEG_2000_H
#define OG_BENCH_JPEG_2000_H
/*
 * JPEG 2000 as it is at its best: a level is one stream without tiles, so that its bytes go where they are needed.
 * OpenJPEG as libvips calls it, 9/7 wavelet, chroma whole. The setting is the PSNR aimed at for L0; L1 has 2 dB less
 * and coarser levels 4 dB less, about as other codecs' levels have.
 *
 * Threads:   the bench's main thread; levels have threads of their own.
 * Ownership: borrows the picture.
 * Errors:    a codec that fails ends the bench with the reason.
 */
#include "outcome.h"
#include "picture.h"

struct outcome jpeg_2000_score(int setting, const struct picture *picture);

#endif
