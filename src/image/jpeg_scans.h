/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_SCANS_H
#define OG_IMAGE_JPEG_SCANS_H
/*
 * A bound on the scans of a stream: each costs a pass over all coefficients and may take no more than a few bytes.
 *
 * Threads:   one per handle. Ownership: embedded in the handle, which libjpeg's struct points to.
 * Errors:    the scan after OG_JPEG_SCANS_MAX escapes through og_jpeg_errors.
 */
#include "jpeg_error.h"

struct og_jpeg_scans {
    struct jpeg_progress_mgr base;
};

/* Until info->progress is NULL again. */
void og_jpeg_bound_scans(struct og_jpeg_scans *scans, struct jpeg_decompress_struct *info);

#endif
