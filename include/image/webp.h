/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_WEBP_H
#define OG_IMAGE_WEBP_H
/*
 * WebP streams that hold grey: residuals of the published layout.
 *
 * libwebp's Y runs from 16 to 235, so that its planes hold fewer greys than the picture had. Such a stream is therefore
 * decoded to RGB, where libwebp has widened the range again, and its luma taken as the kernel rgb_to_ycc does: for a
 * pixel with equal R, G and B that is exactly their value, so a lossless stream comes back bit by bit; where a lossy
 * one's chroma strays from grey, luma is what strays least.
 *
 * Threads:   pure functions. Ownership: borrow; the picture that libwebp makes meanwhile is its own and freed.
 * Errors:    OG_DAMAGED, with undefined samples; size and kind are judged from the header before anything is decoded.
 */
#include <stdbool.h>

#include "base/span.h"
#include "base/status.h"
#include "image/plane.h"

bool og_webp_is(struct og_span stream);

/* The plane's size, at most a tile's, has to be the stream's. Animations and transparency are refused. */
OG_CHECKED enum og_status og_webp_decode_grey(struct og_span stream, const struct og_plane *plane,
                                              struct og_error *err);

#endif
