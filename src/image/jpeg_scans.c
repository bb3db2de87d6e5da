/* SPDX-License-Identifier: MIT */
#include "jpeg_scans.h"

#include "image/jpeg.h"

static void look(j_common_ptr info)
{
    if (((j_decompress_ptr)info)->input_scan_number > OG_JPEG_SCANS_MAX)
        og_jpeg_give_up((struct og_jpeg_errors *)info->err, "too many scans");
}

void og_jpeg_bound_scans(struct og_jpeg_scans *scans, struct jpeg_decompress_struct *info)
{
    scans->base = (struct jpeg_progress_mgr){.progress_monitor = look};
    info->progress = &scans->base;
}
