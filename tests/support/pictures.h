/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_PICTURES_H
#define OG_TESTS_SUPPORT_PICTURES_H
/*
 * Pictures that tests make slides of.
 *
 *     smooth    a slow gradient with a little texture: every codec keeps it within a few grey levels
 *     stamped   every 256² tile of L0 carries the slide's number and its own place in big black and white cells that
 *               any level down to L2 still shows: picture_stamp reads them back from a decoded tile
 *     noise     hardly predictable: long residuals
 *     white     glass: every tile is of one colour
 *
 * Threads:   pictures are pure functions; slides belong to the test's thread.
 * Ownership: the caller frees nothing.
 * Errors:    helpers that cannot fail in a healthy test abort with a message.
 */
#include <stdbool.h>
#include <stdint.h>

#include "image/plane.h"
#include "support/folder.h"

enum picture_kind { PICTURE_SMOOTH, PICTURE_STAMPED, PICTURE_NOISE, PICTURE_WHITE };

struct picture {
    enum picture_kind kind;
    uint32_t width, height, number;
};

void picture_render(const struct picture *picture, struct og_rect area, uint8_t *rgb, ptrdiff_t stride);

/* What tile (x, y) of L0 of slide `number` is stamped with. */
struct picture_stamp {
    uint32_t number, x, y;
};
bool picture_stamp_read(const uint8_t *luma, ptrdiff_t stride, int cell, struct picture_stamp *out);
enum { PICTURE_STAMP_CELLS = 8 }; /* a side of the stamp, in cells; 32 pixels each at L0 */

/* Encodes the picture as DIR/NAME.tif with the encoder's default settings. */
void folder_add_slide(const struct folder *folder, const char *name, const struct picture *picture);

/* The same with chroma residuals of this step, or none where it is 0. */
void folder_add_coloured_slide(const struct folder *folder, const char *name, const struct picture *picture,
                               int chroma_step);

/* The same slide under so many other names: NAME-0, NAME-1 and so on. */
void folder_add_names(const struct folder *folder, const char *name, unsigned count);

#endif
