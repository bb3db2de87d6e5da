/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_WORST_PICTURES_H
#define OG_TOOL_WORST_PICTURES_H
/*
 * The worst tiles of full size as PNGs for a person to judge: source, slide and their difference side by side. The
 * difference is four-fold around middle grey.
 *
 * Threads:   the main thread.
 * Ownership: borrows everything.
 * Errors:    name the file or folder; each picture is whole or not there.
 */
#include <stdbool.h>

#include "slide/slide.h"
#include "tool/source.h"
#include "tool/verify.h"

enum { OG_WORST_GAP = 8, OG_WORST_GAIN = 4 };

/* Makes the folder if there is none: *made. */
OG_CHECKED enum og_status og_worst_folder(const char *folder, bool *made, struct og_error *err);

/* "worst-01-L0-12_3.png" */
void og_worst_name(unsigned rank, const struct og_tile_score *tile, char *room, size_t size);

/*
 * Pictures of an earlier time, which are known by their names, are taken away first: a folder holds those of one slide.
 * The watcher of `options` is asked after each picture, with all pixels done; OG_STOPPING when it said so.
 */
OG_CHECKED enum og_status og_worst_draw(const char *folder, const struct og_source *source,
                                        const struct og_slide *slide, const struct og_verified *found,
                                        const struct og_verify_options *options, struct og_error *err);

#endif
