/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_FAMILY_MAKER_H
#define OG_TOOL_FAMILY_MAKER_H
/*
 * og_family_maker: from a family's source pixels to its streams, in a closed loop: every residual is taken from what
 * the server will rebuild, with the server's code but for reading the stream back (image/dct.h), and what came out is
 * measured against the source.
 *
 * Threads:   a maker belongs to one thread; makers are independent. The plan is shared and does not change.
 * Ownership: new returns owned and borrows plan and source. look and make fill a family that is zero; what it has come
 *            to own, after a failure too, made_release ends.
 * Errors:    of the source, of the encoder; OG_NO_MEMORY. They name the family.
 */
#include "base/buf.h"
#include "slide/profile.h"
#include "tool/plan.h"
#include "tool/source.h"
#include "tool/tally.h"
#include "tool/tuning_fit.h"

struct og_made_family {
    uint32_t fx, fy;
    struct og_record record; /* the offset is not known yet */
    struct og_buf *bytes;    /* the streams one after another in slot order */
    struct og_tally tally[3];
    struct og_plan_counts counts; /* symbols of its streams */
    struct og_tuning_fit fit;     /* of a family of the sample; else zeros */
    struct og_plane base[3];      /* source planes of the L2 tile, valid part; memory of this struct's */
    uint8_t samples[3][OG_TILE_SIZE * OG_TILE_SIZE];
};

struct og_family_maker;

OG_CHECKED enum og_status og_family_maker_new(const struct og_plan *plan, const struct og_source *source,
                                              struct og_family_maker **out, struct og_error *err);
OG_CHECKED enum og_status og_family_maker_make(struct og_family_maker *maker, uint32_t fx, uint32_t fy, bool of_sample,
                                               struct og_made_family *out, struct og_error *err);

/* Without streams: its place, and in tally[0].tissue_samples those of the first tile that shows any. */
OG_CHECKED enum og_status og_family_maker_look(struct og_family_maker *maker, uint32_t fx, uint32_t fy,
                                               struct og_made_family *out, struct og_error *err);
void og_made_family_release(struct og_made_family *made);
void og_family_maker_destroy(struct og_family_maker **maker);

#endif
