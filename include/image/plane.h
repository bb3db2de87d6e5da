/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_PLANE_H
#define OG_IMAGE_PLANE_H
/*
 * og_plane: a rectangle of 8-bit samples somewhere in memory, a value. Y, Cb and Cr are three of them.
 *
 * Threads: a value. Ownership: borrows the samples. Errors: none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct og_plane {
    uint8_t *data;
    ptrdiff_t stride; /* bytes from one row to the next */
    int width, height;
};

struct og_rect {
    int x, y, width, height;
};

static inline struct og_plane og_plane_part(struct og_plane plane, struct og_rect part)
{
    return (struct og_plane){.data = plane.data + part.y * plane.stride + part.x,
                             .stride = plane.stride,
                             .width = part.width,
                             .height = part.height};
}

/* The index that stands for `i` where it lies outside 0 … size - 1: of the nearest sample; or mirrored at the edge, -1
 * is 0 and -2 is 1. */
static inline int og_plane_nearest(int i, int size)
{
    return i < 0 ? 0 : i >= size ? size - 1 : i;
}

static inline int og_plane_mirrored(int i, int size)
{
    return i < 0 ? -1 - i : i >= size ? 2 * size - 1 - i : i;
}

/* Every sample has the value of the first. Soon answered where texture begins early. */
bool og_plane_is_flat(const struct og_plane *plane);

void og_plane_fill(const struct og_plane *plane, uint8_t value);

/* To the upper left of `to`, which has room. */
void og_plane_copy(const struct og_plane *plane, const struct og_plane *to);

/* Repeats the last column and row of the upper left width x height over the rest of the plane. */
void og_plane_pad(const struct og_plane *plane, int width, int height);

/*
 * The same to the end of the block of side x side that they end in, for smooth content costs a transform least. Each
 * block behind it has one value, so that there is nothing to code: `behind`, or, for OG_PAD_CONTINUED, to the right the
 * mean of what it continues and below the last of these.
 */
enum { OG_PAD_CONTINUED = -1 };
void og_plane_pad_blocks(const struct og_plane *plane, int width, int height, int side, int behind);

#endif
