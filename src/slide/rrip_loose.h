/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_RRIP_LOOSE_H
#define OG_SLIDE_RRIP_LOOSE_H
/*
 * Residuals of the published layout as files of their own: L1/{fx}_{fy}/{x}_{y}.jpg and L0/{fx}_{fy}/{x}_{y}.jpg within
 * a folder, or .webp, or .jxl. What is not there is an absent residual. No link is followed.
 *
 * Threads:   any number at once, each with its own reader and buffer.
 * Ownership: the streams lie in the caller's buffer.
 * Errors:    a file that is there and cannot be read makes its own slot damaged, and no other.
 */
#include "slide/profile.h"
#include "slide/slide.h"

/* How much of the buffer 20 files may take. */
#define OG_RRIP_LOOSE_BYTES_MAX ((size_t)20 * OG_GREY_BYTES_MAX)

void og_rrip_read_loose(int folder, struct og_reader *reader, uint32_t fx, uint32_t fy, uint32_t slots, uint8_t *buffer,
                        struct og_stored_family *out);

#endif
