/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SOURCE_FACTS_H
#define OG_TOOL_SOURCE_FACTS_H
/*
 * What libvips and OpenSlide know about a picture, in our words (source_facts.c), and whether it is one that we encode
 * (source_judge.c).
 *
 * Threads:   one at a time. Ownership: images are borrowed, but og_source_profile may replace *image by one that has
 *            the profile. Errors: name the file.
 */
#include <stdbool.h>

#include "tool/source.h"
#include "tool/vips.h"

/* A readable regular file or folder? libvips' own messages about that are hard to read. */
OG_CHECKED enum og_status og_source_check_file(const char *path, struct og_error *err);

/* One picture: no stack of pages, no Origami slide, and of samples whose black and white are known. */
OG_CHECKED enum og_status og_source_judge(VipsImage *image, const char *path, struct og_error *err);

/*
 * A picture that cannot be read in parts and is larger than libvips keeps in memory is decoded into a file of its own
 * in the folder that TMPDIR names: its bytes, or 0. With that many, is there room?
 */
uint64_t og_source_spooled_bytes(VipsImage *image, const char *path);
OG_CHECKED enum og_status og_source_check_room(uint64_t bytes, const char *path, struct og_error *err);

/* Size and resolution once it stands upright, magnification, vendor. */
void og_source_read_facts(VipsImage *image, struct og_source_facts *facts);

/* The ICC profile, borrowed from *image; NULL: none. OpenSlide 3 hides a TIFF's own, so the file is asked again. */
const void *og_source_profile(VipsImage **image, const char *path, size_t *size);
bool og_profile_is_srgb(const void *profile, size_t size);

void og_source_background(VipsImage *image, double rgb[3]);

#endif
