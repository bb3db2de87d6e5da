/* SPDX-License-Identifier: MIT */
#ifndef OG_BASE_TILE_H
#define OG_BASE_TILE_H
/*
 * The family as everybody counts it: one L2 tile with the four L1 and sixteen L0 tiles that it covers, in 21 slots.
 *
 *     slot 0          the L2 tile
 *     slots 1 … 4     the L1 tiles, slot 1 + 2·dy + dx
 *     slots 5 … 20    the L0 tiles, slot 5 + 4·dy + dx
 *
 * "Depth" is the distance from full size: 0 for L0, 1 for L1, 2 for L2. A set of slots is a mask with bit 1 << slot.
 *
 * Threads: pure functions of values. Ownership: none. Errors: none; slots are the caller's to keep below 21.
 */
#include <stdbool.h>
#include <stdint.h>

enum {
    OG_TILE_SIZE = 256,
    OG_FAMILY_SLOTS = 21,
    OG_SLOT_L2 = 0,
    OG_SLOT_L1 = 1,
    OG_SLOT_L0 = 5,
};

#define OG_SLOTS_L1 UINT32_C(0x00001e)
#define OG_SLOTS_L0 UINT32_C(0x1fffe0)
#define OG_SLOTS    UINT32_C(0x1fffff)

struct og_place {
    unsigned depth;  /* 0, 1 or 2 */
    unsigned dx, dy; /* within the family, in tiles of that depth */
};

struct og_place og_slot_place(unsigned slot);
unsigned og_place_slot(struct og_place place);

/*
 * The L1 slots whose rebuilt pixels the prediction of an L0 slot reads: its own quarter and, because the predictors'
 * taps reach up to three pixels over a tile border inside the family, the neighbours that it touches.
 */
uint32_t og_slot_sources(unsigned slot);

/* `slot` itself and everything it is rebuilt from: the L2 tile, L1 slots. */
uint32_t og_slot_closure(unsigned slot);

#endif
