/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_IDENTITY_H
#define OG_SLIDE_IDENTITY_H
/*
 * Which file a slide is: what tells, without reading any of it, that the files behind a slide are no longer those that
 * were opened. A format lists the parts that it opens; a folder of tiles counts as one part, whatever is in it.
 *
 * Threads:   pure but for looks at the file system.
 * Ownership: a value.
 * Errors:    OG_NOT_FOUND when the first part is not there, OG_IO when the system does not say. A later part that is
 *            not there makes another identity than one that is.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct og_slide_identity {
    uint64_t here;    /* from device, inode, size, and times of writing and change of every part */
    uint64_t written; /* from the same without device and inode, which may have other numbers after a restart */
    int64_t modified_ns;
};

/* `format` as og_slide_format_of says; `id_length` bytes of `name` are the slide's id. */
OG_CHECKED enum og_status og_slide_identify(int directory, const char *name, size_t id_length, unsigned format,
                                            struct og_slide_identity *out, struct og_error *err);

#endif
