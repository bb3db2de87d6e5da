/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_ERROR_H
#define OG_IMAGE_JPEG_ERROR_H
/*
 * libjpeg's error manager as we use it: errors and warnings alike leave through longjmp with their text.
 *
 * Threads:   one manager per handle.
 * Ownership: embedded in the handle.
 * Errors:    whoever calls libjpeg does `if (setjmp(errors.escape)) return og_error_set(err, errors.status, ...)`.
 */
#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "base/status.h"

struct og_jpeg_errors {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    enum og_status status; /* OG_DAMAGED, or OG_NO_MEMORY when that was it */
    char text[JMSG_LENGTH_MAX];
};

struct jpeg_error_mgr *og_jpeg_errors_init(struct og_jpeg_errors *errors);

/* Leaves the call into libjpeg for a reason of our own. */
_Noreturn void og_jpeg_give_up(struct og_jpeg_errors *errors, const char *reason);

#endif
