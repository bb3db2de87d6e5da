/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_ENGINE_ANSWERS_H
#define OG_TESTS_ENGINE_ANSWERS_H
/*
 * Every tile of every level of a slide, as an engine serves it or as the tool rebuilds it, and what damage to some of
 * its records' tiles may change about that: nothing but that some answers become errors.
 *
 * Threads:   the test's own. Ownership: made answers are freed by answers_free. Errors: in the answers; no memory
 * aborts.
 */
#include "slide/slide.h"
#include "support/served.h"
#include "support/slide_surgery.h"
#include "support/threads.h"

enum { ANSWERS_MAX = 128, WOUND_RECORDS = 16 };

struct answers {
    struct og_pyramid pyramid;
    unsigned count; /* 0: there is no such slide */
    struct answer {
        uint32_t level, x, y;
        enum og_status status;
        struct og_buf *buf;
    } tile[ANSWERS_MAX];
};

struct answers *answers_served(struct served *served, const char *id);
struct answers *answers_rebuilt(const struct og_slide *slide);
void answers_free(struct answers **answers);

/*
 * Slots by record: those whose bytes are bad, those that a reader may lose along with them, and those that hold
 * something else under a right checksum, which a stored tile's answer passes on without a look at its pixels.
 */
struct wounds {
    uint32_t bad[SURGERY_PAGES][WOUND_RECORDS], endangered[SURGERY_PAGES][WOUND_RECORDS],
        replaced[SURGERY_PAGES][WOUND_RECORDS];
};
#define WOUND_ALL_SLOTS ((UINT32_C(1) << OG_FAMILY_SLOTS) - 1)

void wounds_endanger_all(struct wounds *wounds);

/*
 * OG_AS_CLAIMED when each tile that needs a bad slot is an error with a status of damage, each other one is identical
 * to `whole`, and those that need an endangered slot are one or the other; else what is wrong.
 */
struct og_verdict answers_judge(const struct answers *now, const struct answers *whole, const struct wounds *wounds);

/* OG_AS_CLAIMED when both have the same bytes and the same failures. */
struct og_verdict answers_equal(const struct answers *a, const struct answers *b);

unsigned answers_failed(const struct answers *answers);

#endif
