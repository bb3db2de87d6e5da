/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_SCAN_H
#define OG_IMAGE_JPEG_SCAN_H
/*
 * og_jpeg_scan: the one scan of a baseline tile to samples, the bytes that libjpeg makes of levels that any samples may
 * give. libjpeg reads the headers; what it does for a block takes most of the time that a family costs, and this does
 * the same in less: words with their extra bits in one look, nothing but a fill for a block without AC.
 *
 * A level times its step is taken modulo 2^16, as libjpeg's vectors do; no encoder makes one that needs it.
 *
 * Threads:   one per handle. Ownership: embedded; everything else is borrowed for the call.
 * Errors:    OG_DAMAGED for what is no such scan, or more or less than one. More than 63 coefficients, which libjpeg
 *            overlooks, are among it.
 */
#include "image/kernels.h"
#include "jpeg_bits.h"
#include "jpeg_codes.h"
#include "jpeg_error.h"

struct og_jpeg_scan {
    const struct og_kernels *kernels;
    struct og_jpeg_codes dc[NUM_HUFF_TBLS], ac[NUM_HUFF_TBLS];
    struct og_jpeg_bits bits;
};

/*
 * `info` after jpeg_read_header: one baseline scan of all components without restarts, none subsampled, all tables
 * there. `stream` is what comes after the header. Planes as og_jpeg_decode's.
 */
OG_CHECKED enum og_status og_jpeg_scan_read(struct og_jpeg_scan *scan, const struct jpeg_decompress_struct *info,
                                            struct og_span stream, const struct og_plane *planes, struct og_error *err);

#endif
