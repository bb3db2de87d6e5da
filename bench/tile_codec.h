/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_TILE_CODEC_H
#define OG_BENCH_TILE_CODEC_H
/*
 * Codecs that know nothing but tiles: a pyramid of theirs is each tile of each level on its own, as Deep Zoom has it.
 * JPEG is given the planes; the others are given RGB and do the rest themselves.
 *
 *     TILE_JPEG     libjpeg-turbo, 4:2:0, its standard tables, sequential
 *     TILE_MOZJPEG  mozjpeg as sharp calls it: 4:2:0, trellis, progressive; made beforehand (mozjpeg.h)
 *     TILE_WEBP     libwebp as libvips calls it, effort 4
 *
 * Threads:   a scoring runs its own workers; call it from the bench's main thread.
 * Ownership: borrows everything.
 * Errors:    a codec that fails ends the bench with the reason.
 */
#include "base/buf.h"
#include "mozjpeg.h"
#include "outcome.h"
#include "picture.h"

enum tile_codec { TILE_JPEG, TILE_MOZJPEG, TILE_WEBP, TILE_CODECS };

/* `made`: of TILE_MOZJPEG, else NULL. `bytes` of whole streams, which is what files of a tile each hold. */
struct outcome tile_codec_score(enum tile_codec codec, int setting, const struct picture *picture,
                                const struct mozjpeg *made);

/* One tile of TILE_JPEG, owned. */
struct og_buf *tile_codec_jpeg(int quality, const struct og_tally_source *tile);

/* How many bytes of each TILE_JPEG stream are tables that all could share, as in TIFF. */
uint64_t tile_codec_jpeg_tables(int setting);

#endif
