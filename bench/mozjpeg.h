/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_MOZJPEG_H
#define OG_BENCH_MOZJPEG_H
/*
 * Tiles as mozjpeg makes them, by way of node: Debian has no mozjpeg, the npm package sharp has (mozjpeg/tiles.mjs).
 *
 * Threads:   made and freed by the bench's main thread; any may read.
 * Ownership: make returns owned; streams are borrowed. Files lie in a folder of the caller's and are removed.
 * Errors:    make returns NULL where node or sharp is missing or fails, and says so on stderr.
 */
#include "base/span.h"
#include "picture.h"

struct mozjpeg;

/* mozjpeg's own numbers of quantisation tables. */
enum mozjpeg_table {
    MOZJPEG_FLAT = 1,   /* all frequencies alike, which is best by PSNR */
    MOZJPEG_VISUAL = 3, /* mozjpeg's default */
};

/* All tiles of a picture at each of these qualities. */
struct mozjpeg *mozjpeg_make(const struct picture *picture, enum mozjpeg_table table, const int *qualities,
                             unsigned count, const char *folder);

/* Tiles are numbered as og_pyramid_nth does from depth 0. */
struct og_span mozjpeg_stream(const struct mozjpeg *made, int quality, uint64_t tile);

void mozjpeg_free(struct mozjpeg **made);

#endif
