/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_AHEAD_H
#define OG_ENGINE_AHEAD_H
/*
 * og_ahead: which families will be asked for next? Workers that nobody needs just now rebuild them.
 *
 *     somebody asked for              so these are likely to follow
 *     a tile of L2                    its family: who zooms in goes through L1
 *     two families side by side,      the next one in that direction: who pans goes on
 *     the second one just now
 *
 * Half of what a window of L2 shows, and more, is never looked at; but it is there when somebody zooms, and what the
 * machine spends on it nobody else wanted. A family that was guessed counts as asked for when its first tile leaves the
 * cache, so that a pan goes on.
 *
 *     state of a family   meaning                                        next
 *     unknown             no mark, or another family took its place      GUESSED, ASKED
 *     GUESSED             was put among the guesses                      ASKED
 *     ASKED               somebody wanted it                             –
 *
 * Threads:   any. Marks are single words without a lock, read and written relaxed: one that is lost, stale or another
 *            family's (one time in 2^30) costs a guess. The guesses have a mutex, held for a few words and after all
 *            others; is_empty takes none and is a hint.
 * Ownership: new returns owned. A guess holds a reference of its slide's: take and peek hand one to the caller,
 * put_back takes it again. Errors:    new returns NULL when memory is out. The latest guesses are kept: the oldest one
 * makes room.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/key.h"
#include "base/metrics.h"
#include "slide/slide.h"

enum { OG_AHEAD_MARKS = 4096, OG_AHEAD_GUESSES = 1024 };

struct og_guess {
    struct og_slide *slide;
    uint32_t x, y; /* of the family */
};

struct og_ahead;

struct og_ahead *og_ahead_new(uint64_t seed); /* of the engine's keys */
void og_ahead_destroy(struct og_ahead **ahead);

struct og_family_name {
    struct og_key key;
    struct og_slide *slide; /* borrowed */
    uint32_t x, y;
};

/*
 * Somebody asked for the family's tile of L2; for another tile of it; for one that was in the cache. True: there is a
 * new guess, and somebody should be woken for it.
 */
bool og_ahead_note_base(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics);
bool og_ahead_note_family(struct og_ahead *ahead, const struct og_family_name *family,
                          struct og_metrics_block *metrics);
bool og_ahead_note_hit(struct og_ahead *ahead, const struct og_family_name *family, struct og_metrics_block *metrics);

bool og_ahead_is_empty(const struct og_ahead *ahead);
bool og_ahead_take(struct og_ahead *ahead, struct og_guess *out); /* the oldest; false: there is none */
void og_ahead_put_back(struct og_ahead *ahead, struct og_guess *guess, struct og_metrics_block *metrics);
bool og_ahead_peek(struct og_ahead *ahead, struct og_guess *out); /* the one that take would return */

#endif
