/* SPDX-License-Identifier: MIT */
#include "presets.h"

static struct og_encode_options by_step(int step)
{
    return (struct og_encode_options){.base_quality = 99 - step, .l1_step = step + 1, .l0_step = step};
}

struct preset preset_named(unsigned i)
{
    static const struct preset all[PRESETS] = {
        {"small", {.base_quality = 80, .l1_step = 20, .l0_step = 19}},
        {"balanced",
         {.base_quality = OG_BASE_QUALITY_DEFAULT, .l1_step = OG_L1_STEP_DEFAULT, .l0_step = OG_L0_STEP_DEFAULT}},
        {"archive", {.base_quality = 92, .l1_step = 8, .l0_step = 7}},
    };
    return all[i];
}

struct preset preset_of_sweep(unsigned i)
{
    static const struct {
        const char *name;
        int step;
    } all[SWEEP] = {{"step 3", 3},   {"step 4", 4},   {"step 5", 5},   {"step 7", 7},   {"step 9", 9},  {"step 12", 12},
                    {"step 16", 16}, {"step 21", 21}, {"step 28", 28}, {"step 37", 37}, {"step 48", 48}};
    return (struct preset){all[i].name, by_step(all[i].step)};
}
