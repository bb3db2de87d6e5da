/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_FAMILY_SCORE_H
#define OG_BENCH_FAMILY_SCORE_H
/*
 * What slide_score and published_score share: workers that go through the families of a picture, and the sums of what
 * they find.
 *
 * Threads:   run from the bench's main thread; the rest from its workers.
 * Ownership: borrows everything.
 * Errors:    whatever fails ends the bench with the reason.
 */
#include "image/jpeg.h"
#include "slide_score.h"
#include "tool/parallel.h"

struct family_found {
    uint64_t bytes;
    struct og_tally stored[OUTCOME_DEPTHS], served[OUTCOME_DEPTHS];
};

/* What every scoring has as the first member of its context. */
struct family_score {
    const struct picture *picture;
    struct family_found sum;
};

/* Over all families of the picture; `work` says what workers are, and its items are struct family_found. */
void family_score_run(struct family_score *score, struct og_parallel_work work);

/* Where the tiles of a family lie. */
struct place_of_slot {
    struct og_pyramid_place place;
    bool is_inside; /* the picture */
};

void family_score_places(const struct picture *picture, uint32_t fx, uint32_t fy,
                         struct place_of_slot out[OG_FAMILY_SLOTS]);

/* A tile as it is rebuilt; and as the stream holds it that is sent for it. */
void family_score_stored(struct family_found *found, const struct picture *picture, struct og_pyramid_place place,
                         const struct og_plane planes[3], bool chroma_halved);
void family_score_served(struct family_found *found, const struct picture *picture, struct og_pyramid_place place,
                         struct og_jpeg_decoder *decoder, struct og_span stream);

#endif
