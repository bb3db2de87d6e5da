/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_SETTLE_H
#define OG_TOOL_SETTLE_H
/*
 * og_settle: the plan for one slide. Families spread over it are looked at; of those that show tissue a sample is made
 * again and again, until its full size is about as near to the source as was aimed at; the symbols of its streams
 * decide the Huffman tables, and its pixels the weights. Of a slide with few families all are the sample, and none is
 * looked at before.
 *
 *     step of L0 ─► streams of the sample ─► PSNR of its tissue ─► the step at which that would be the aim
 *          ▲                  ├─► symbols ─► Huffman tables              │
 *          │                  └─► predictions, residuals ─► weights       │
 *          └─────────────────────────────────────────────────────────────┘ until it stays as it is
 *
 * Threads:   call it from one thread, as tool/family_run.h says. What it finds does not depend on their number.
 * Ownership: `plan` is made by begin and released by the caller, on failure too.
 * Errors:    OG_UNSUPPORTED for a size that no slide has; of the source; OG_STOPPING when watch said so.
 */
#include "tool/family_run.h"

enum { OG_CHROMA_FOLLOWS = -1 };

struct og_wish {
    double aim;                         /* luma PSNR of L0's tissue, in dB; not looked at when l0_step is given */
    int base_quality, l1_step, l0_step; /* 0: as the others demand */
    int chroma_step;                    /* 0: no chroma residuals; OG_CHROMA_FOLLOWS: as L0's step demands */
    bool trellis;
};

/* The step of L0 for the aim, when `step` gives `psnr`. */
double og_steer(double aim, double step, double psnr);

/* Plan and settings as the first sample is made with them: all that can be said before a pixel is read. */
OG_CHECKED enum og_status og_settle_begin(const struct og_source_facts *facts, const struct og_wish *wish,
                                          struct og_plan *plan, struct og_plan_settings *settings,
                                          struct og_error *err);

/* run->plan is `plan`, as begin made it; its pyramid stays. `settings` are what it was made with at last. */
OG_CHECKED enum og_status og_settle(const struct og_family_run *run, const struct og_wish *wish, struct og_plan *plan,
                                    struct og_plan_settings *settings, struct og_error *err);

#endif
