/* SPDX-License-Identifier: MIT */
#include "presets.h"

#include "tool/preset.h"

struct preset preset_named(unsigned i)
{
    static const struct preset all[PRESETS] = {
        {"small", {.aim = OG_PRESET_SMALL, .chroma_step = OG_CHROMA_FOLLOWS, .trellis = true}},
        {"balanced", {.aim = OG_PRESET_BALANCED, .chroma_step = OG_CHROMA_FOLLOWS, .trellis = true}},
        {"archive", {.aim = OG_PRESET_ARCHIVE, .chroma_step = OG_CHROMA_FOLLOWS, .trellis = true}},
    };
    return all[i];
}

struct preset preset_of_sweep(unsigned i)
{
    static const struct {
        const char *name;
        int step;
    } all[SWEEP] = {{"step 3", 3},   {"step 4", 4},   {"step 5", 5},   {"step 6", 6},
                    {"step 7", 7},   {"step 8", 8},   {"step 10", 10}, {"step 12", 12},
                    {"step 14", 14}, {"step 17", 17}, {"step 20", 20}, {"step 23", 23},
                    {"step 27", 27}, {"step 32", 32}, {"step 38", 38}, {"step 48", 48}};
    return (struct preset){all[i].name, {.l0_step = all[i].step, .chroma_step = OG_CHROMA_FOLLOWS, .trellis = true}};
}
