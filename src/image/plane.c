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

void og_plane_copy(const struct og_plane *plane, const struct og_plane *to)
{
    for (int y = 0; y < plane->height; y++)
        memcpy(to->data + y * to->stride, plane->data + y * plane->stride, (size_t)plane->width);
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

static uint8_t mean_of_column(const struct og_plane *plane, int x, int y, int count)
{
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += plane->data[(y + i) * plane->stride + x];
    return (uint8_t)((sum + count / 2) / count);
}

void og_plane_pad_blocks(const struct og_plane *plane, int width, int height, int side, int behind)
{
    int right = (width + side - 1) / side * side, bottom = (height + side - 1) / side * side;
    struct og_plane begun = og_plane_part(*plane, (struct og_rect){0, 0, right, bottom});
    og_plane_pad(&begun, width, height);
    uint8_t value = 0;
    for (int y = 0; y < bottom; y += side) {
        value = behind == OG_PAD_CONTINUED ? mean_of_column(plane, right - 1, y, side) : (uint8_t)behind;
        struct og_plane beside = og_plane_part(*plane, (struct og_rect){right, y, plane->width - right, side});
        og_plane_fill(&beside, value);
    }
    struct og_plane below = og_plane_part(*plane, (struct og_rect){0, bottom, plane->width, plane->height - bottom});
    og_plane_fill(&below, value);
}
