/* SPDX-License-Identifier: MIT */
#include "image/plane.h"

#include <string.h>

void og_plane_pad(const struct og_plane *plane, int width, int height)
{
    for (int y = 0; y < height; y++) {
        uint8_t *row = plane->data + y * plane->stride;
        memset(row + width, row[width - 1], (size_t)(plane->width - width));
    }
    const uint8_t *last = plane->data + (height - 1) * plane->stride;
    for (int y = height; y < plane->height; y++)
        memcpy(plane->data + y * plane->stride, last, (size_t)plane->width);
}
