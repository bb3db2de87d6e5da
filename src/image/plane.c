/* SPDX-License-Identifier: MIT */
#include "image/plane.h"

#include <string.h>

bool og_plane_is_flat(const struct og_plane *plane)
{
    const uint8_t *row = plane->data;
    for (int y = 0; y < plane->height; y++, row += plane->stride)
        if (row[0] != plane->data[0] || memcmp(row, row + 1, (size_t)plane->width - 1) != 0)
            return false;
    return true;
}

void og_plane_fill(const struct og_plane *plane, uint8_t value)
{
    for (int y = 0; y < plane->height; y++)
        memset(plane->data + y * plane->stride, value, (size_t)plane->width);
}

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
