/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_STATIC_TILES_H
#define OG_BENCH_STATIC_TILES_H
/*
 * What a folder of tiles takes that somebody makes without Origami: `vips dzsave` of the source, JPEG of one quality,
 * tiles of 256 without overlap, all levels.
 *
 * Threads: the bench's main thread. Ownership: borrows; works in `folder`, and leaves nothing there.
 * Errors:  ends the bench with the reason.
 */
#include "tool/source.h"

double static_tiles_bytes(const struct og_source *source, int quality, const char *folder);

#endif
