/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_FLAT_TILES_H
#define OG_ENGINE_FLAT_TILES_H
/*
 * og_flat_tiles: a worker's memory of encoded tiles of one colour. Glass gives thousands of them, all alike: their
 * bytes are copied from here instead of being encoded again. (Copied, because a tile's buffer also keeps its response,
 * and with it a validator of its own.)
 *
 * Threads:   the worker's own.
 * Ownership: recall borrows until the next keep; keep adds a reference of its own. forget_all ends all of them.
 * Errors:    none. A colour that falls on another's place takes it.
 */
#include "base/buf.h"

enum { OG_FLAT_TILES = 64 };

struct og_flat_tiles {
    struct {
        uint8_t colour[3];
        struct og_buf *buf; /* NULL: free */
    } place[OG_FLAT_TILES];
};

/* NULL: not here */
const struct og_buf *og_flat_tiles_recall(const struct og_flat_tiles *tiles, const uint8_t colour[3]);
void og_flat_tiles_keep(struct og_flat_tiles *tiles, const uint8_t colour[3], struct og_buf *buf);
void og_flat_tiles_forget_all(struct og_flat_tiles *tiles);

#endif
