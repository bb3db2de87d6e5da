/* SPDX-License-Identifier: MIT */
#include "tool/zorder.h"

static uint64_t clip(uint64_t from, uint64_t side, uint64_t end)
{
    return from >= end ? 0 : from + side > end ? end - from : side;
}

struct og_cell og_zorder_cell(struct og_extent grid, uint64_t index)
{
    uint64_t side = 1, x = 0, y = 0;
    while (side < grid.width || side < grid.height)
        side *= 2;
    while (side > 1) {
        side /= 2;
        for (unsigned quarter = 0; quarter < 4; quarter++) {
            uint64_t qx = x + (quarter & 1) * side, qy = y + (quarter >> 1) * side;
            uint64_t cells = clip(qx, side, grid.width) * clip(qy, side, grid.height);
            if (index < cells) {
                x = qx;
                y = qy;
                break;
            }
            index -= cells;
        }
    }
    return (struct og_cell){(uint32_t)x, (uint32_t)y};
}

struct og_cell og_zorder_last_child(struct og_extent finer, uint32_t x, uint32_t y)
{
    return (struct og_cell){2 * x + 1 < finer.width ? 2 * x + 1 : finer.width - 1,
                            2 * y + 1 < finer.height ? 2 * y + 1 : finer.height - 1};
}
