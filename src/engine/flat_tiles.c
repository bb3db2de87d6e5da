/* SPDX-License-Identifier: MIT */
#include "flat_tiles.h"

#include <string.h>

static unsigned place_of(const uint8_t colour[3])
{
    return (colour[0] * 5u + colour[1] * 3u + colour[2]) % OG_FLAT_TILES;
}

const struct og_buf *og_flat_tiles_recall(const struct og_flat_tiles *tiles, const uint8_t colour[3])
{
    unsigned at = place_of(colour);
    if (!tiles->place[at].buf || memcmp(tiles->place[at].colour, colour, 3) != 0)
        return NULL;
    return tiles->place[at].buf;
}

void og_flat_tiles_keep(struct og_flat_tiles *tiles, const uint8_t colour[3], struct og_buf *buf)
{
    unsigned at = place_of(colour);
    og_buf_unref(&tiles->place[at].buf);
    memcpy(tiles->place[at].colour, colour, 3);
    tiles->place[at].buf = og_buf_ref(buf);
}

void og_flat_tiles_forget_all(struct og_flat_tiles *tiles)
{
    for (unsigned at = 0; at < OG_FLAT_TILES; at++)
        og_buf_unref(&tiles->place[at].buf);
}
