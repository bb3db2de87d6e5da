/* SPDX-License-Identifier: MIT */
#ifndef OG_SLIDE_SLIDE_H
#define OG_SLIDE_SLIDE_H
/*
 * og_slide: one opened slide of any format, and the formats behind it.
 *
 * Threads:   everything but open from any thread, reads with a reader of the thread's own; an opened slide does not
 *            change.
 * Ownership: open and ref return owned references; unref takes one. Facts and documents are borrowed from the slide.
 *            Edges: S1 each unref releases, S2 the last unref acquires, so its close sees every owner's last read.
 * Errors:    open and reads fill an og_error that names the file and the place. Every byte of an Origami slide that
 *            pixels depend on is checked on every read: what comes back is what was written, or OG_DAMAGED.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/parse.h"
#include "base/prediction.h"
#include "base/span.h"
#include "base/status.h"
#include "base/tile.h"
#include "slide/description.h"
#include "slide/pyramid.h"
#include "slide/reader.h"

struct og_slide;

/* Who writes a file later than this after another cannot give it the other's second: its time tells them apart. */
#define OG_SLIDE_SETTLED_S 60

struct og_slide_facts {
    char id[OG_SLIDE_ID_MAX + 1];
    const char *format; /* "origami", "deepzoom" or "rrip" */
    struct og_pyramid pyramid;
    struct og_description description; /* of an Origami slide; else zeros but for the sizes */
    uint64_t file_bytes;               /* 0: unknown */
    uint64_t generation;             /* of the content: the same for the same slide on every machine, new when it is */
    int64_t modified_ns;             /* when the file was last written, since 1970 */
    bool residual;                   /* depths 0 and 1 are rebuilt from families … */
    struct og_prediction prediction; /* … in this way */
    unsigned last_depth;             /* the coarsest that is stored; coarser ones are made from its only tile */
};

/* Opens `name` in the open directory `directory`: "x.tif", "x.dzi" or a folder "x". `key` is a number never used for
 * another slide.
 */
OG_CHECKED enum og_status og_slide_open(int directory, const char *name, uint64_t key, struct og_slide **out,
                                        struct og_error *err);
struct og_slide *og_slide_ref(struct og_slide *slide);
void og_slide_unref(struct og_slide **slide);

const struct og_slide_facts *og_slide_facts(const struct og_slide *slide);
uint64_t og_slide_key(const struct og_slide *slide);

/* When it was last written, in seconds since 1970; 0 while that is not OG_SLIDE_SETTLED_S ago. */
int64_t og_slide_modified_s(const struct og_slide *slide);
struct og_buf *og_slide_json(const struct og_slide *slide); /* what /slides/<slide> answers */
struct og_buf *og_slide_dzi(const struct og_slide *slide);  /* what /dzi/<slide>.dzi answers */

/* Damage is told once in a while for each slide, or it would flood a log: true at most once in `gap_ns`. Any thread. */
bool og_slide_complaint_due(struct og_slide *slide, uint64_t now_ns, uint64_t gap_ns);

/*
 * A stored tile in the caller's buffer. Without tables the stream is whole and has the served size already or, where it
 * may be full, a full tile's at the right and bottom edge too.
 */
struct og_stored_tile {
    struct og_span tables, stream;
    bool may_be_full;
};

/* Bytes of buffer that read_stored and read_family ask for at most. */
#define OG_SLIDE_BUFFER_BYTES ((size_t)4 << 20)

OG_CHECKED enum og_status og_slide_read_stored(const struct og_slide *slide, struct og_reader *reader, unsigned depth,
                                               uint32_t x, uint32_t y, uint8_t *buffer, struct og_stored_tile *out,
                                               struct og_error *err);

/* A family's streams in the caller's buffer. Without tables the streams are whole. */
struct og_stored_family {
    struct og_span stream[OG_FAMILY_SLOTS]; /* empty: absent, or outside the slide, or damaged */
    uint32_t damaged;                       /* slots whose bytes are not what was written … */
    const char *reason;                     /* … and how that is known */
    struct og_span tables[3];               /* by depth */
};

OG_CHECKED enum og_status og_slide_read_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx,
                                               uint32_t fy, uint8_t *buffer, struct og_stored_family *out,
                                               struct og_error *err);

/*
 * This tile, this family is likely to be read soon: reads its index entry, and asks the system to start reading its
 * bytes without waiting for them. A hint: where there is nothing of that name, or its entry is damaged, or its bytes do
 * not lie together in a file that is open, nothing happens, and it says false.
 */
bool og_slide_prefetch_stored(const struct og_slide *slide, struct og_reader *reader, unsigned depth, uint32_t x,
                              uint32_t y);
bool og_slide_prefetch_family(const struct og_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy);

/* What the index knows, by depth (0, 1, and 2 for L2 and coarser): reads every record. Residual slides only. */
struct og_survey {
    struct {
        uint64_t tiles, absent, bytes;
    } depth[3];
};
OG_CHECKED enum og_status og_slide_survey(const struct og_slide *slide, struct og_reader *reader, struct og_survey *out,
                                          struct og_error *err);

#endif
