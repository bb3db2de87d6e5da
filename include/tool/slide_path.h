/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SLIDE_PATH_H
#define OG_TOOL_SLIDE_PATH_H
/*
 * Slides by path, as people name them on a command line: NAME.tif, NAME.dzi, or the folder of the published layout.
 *
 * Threads: any. Ownership: open returns an owned slide. Errors: name the path.
 */
#include "slide/slide.h"

OG_CHECKED enum og_status og_slide_open_path(const char *path, struct og_slide **out, struct og_error *err);

/* May a slide be written under this name, so that the daemon will serve it and nothing but a slide is replaced? */
OG_CHECKED enum og_status og_slide_check_name(const char *path, struct og_error *err);

#endif
