/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_DEEPZOOM_H
#define OG_SLIDE_DEEPZOOM_H
/*
 * A Deep Zoom image on disk, NAME.dzi and NAME_files/<level>/<x>_<y>.jpg: what it says of itself, and its tiles. No
 * link on the way to a tile is followed.
 *
 * Threads:   open and close are single-threaded; the others run in any number of threads at once.
 * Ownership: open fills the caller's struct, which close ends; a failed open leaves nothing behind. A tile's span lies
 *            in the caller's buffer.
 * Errors:    the text names the tile's file. A tile that is not there is OG_DAMAGED: its place is inside the image.
 */
#include "base/parse.h"
#include "base/span.h"
#include "slide/slide.h"

#define OG_DEEPZOOM_SUFFIX ".dzi"

struct og_deepzoom {
    int folder; /* NAME_files */
    char folder_name[OG_SLIDE_ID_MAX + sizeof "_files"];
    char format[8];
    struct og_pyramid pyramid;
};

OG_CHECKED enum og_status og_deepzoom_open(int directory, const char *name, struct og_deepzoom *out,
                                           struct og_error *err);

void og_deepzoom_describe(const struct og_deepzoom *slide, struct og_slide_facts *facts); /* all levels are stored */

bool og_deepzoom_has_level(const struct og_deepzoom *slide, unsigned depth);

/* Is there such a file? */
OG_CHECKED enum og_status og_deepzoom_look(const struct og_deepzoom *slide, unsigned depth, uint32_t x, uint32_t y,
                                           struct og_error *err);

/* The file's bytes, at most `room` of them. */
OG_CHECKED enum og_status og_deepzoom_read(const struct og_deepzoom *slide, struct og_reader *reader, unsigned depth,
                                           uint32_t x, uint32_t y, uint8_t *buffer, size_t room, struct og_span *out,
                                           struct og_error *err);
void og_deepzoom_close(struct og_deepzoom *slide);

#endif
