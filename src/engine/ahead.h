/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_AHEAD_H
#define OG_ENGINE_AHEAD_H
/*
 * og_ahead: which family will be asked for next? Where somebody pans, families come one behind the other: the one
 * beyond (x, y) is likely when the one before it was asked for a short while ago and it was not itself. A zoom from L1
 * to L0 stays in the family; one from L2 is not guessed: a window of L2 shows twenty families, and the zoom goes into
 * two.
 *
 * Threads:   any, without a lock: marks are single words, written and read relaxed; a lost or stale one costs a guess.
 * Ownership: a value of the engine's.
 * Errors:    none. Other families may share a mark's place; then it says too little or, one time in 2^32, too much.
 * Bound:     the last 512 families, more or less; on a slide of many more a random request finds no neighbour.
 */
#include <stdatomic.h>

#include "base/key.h"
#include "slide/slide.h"

enum { OG_AHEAD_MARKS = 512, OG_AHEAD_GUESSES = 4 };

struct og_ahead {
    atomic_uint mark[OG_AHEAD_MARKS]; /* part of a family's hash; 0: none */
};

void og_ahead_note(struct og_ahead *ahead, const struct og_key *family);

struct og_ahead_guess {
    uint32_t x, y;
};

/* What may follow after family x, y of this slide: at most OG_AHEAD_GUESSES; returns how many. */
unsigned og_ahead_guess(struct og_ahead *ahead, uint64_t seed, const struct og_slide *slide, uint32_t x, uint32_t y,
                        struct og_ahead_guess *out);

#endif
