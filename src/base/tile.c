/* SPDX-License-Identifier: MIT */
#include "base/tile.h"

struct og_place og_slot_place(unsigned slot)
{
    if (slot >= OG_SLOT_L0)
        return (struct og_place){.depth = 0, .dx = (slot - OG_SLOT_L0) % 4, .dy = (slot - OG_SLOT_L0) / 4};
    if (slot >= OG_SLOT_L1)
        return (struct og_place){.depth = 1, .dx = (slot - OG_SLOT_L1) % 2, .dy = (slot - OG_SLOT_L1) / 2};
    return (struct og_place){.depth = 2};
}

unsigned og_place_slot(struct og_place place)
{
    switch (place.depth) {
    case 0:
        return OG_SLOT_L0 + 4 * place.dy + place.dx;
    case 1:
        return OG_SLOT_L1 + 2 * place.dy + place.dx;
    default:
        return OG_SLOT_L2;
    }
}

/* Columns (or rows) of L1 tiles that column d of L0 tiles reads: only the outermost quarters stay in one tile. */
static uint32_t halves(unsigned d)
{
    static const uint32_t reach[4] = {1, 3, 3, 2};
    return reach[d];
}

uint32_t og_slot_sources(unsigned slot)
{
    if (slot < OG_SLOT_L0)
        return 0;
    struct og_place place = og_slot_place(slot);
    uint32_t columns = halves(place.dx), rows = halves(place.dy), mask = 0;
    for (unsigned dy = 0; dy < 2; dy++)
        for (unsigned dx = 0; dx < 2; dx++)
            if ((rows >> dy & 1) && (columns >> dx & 1))
                mask |= UINT32_C(1) << (OG_SLOT_L1 + 2 * dy + dx);
    return mask;
}

uint32_t og_slot_closure(unsigned slot)
{
    return UINT32_C(1) << slot | og_slot_sources(slot) | UINT32_C(1) << OG_SLOT_L2;
}
