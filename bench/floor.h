/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_FLOOR_H
#define OG_BENCH_FLOOR_H
/*
 * The floor of a family: bare libjpeg-turbo calls on the very bytes that the engine works on, and nothing else. One
 * decode of L2 to planes, the residual decodes, one encode from planes per tile. No prediction, no sum, no queue.
 *
 * Threads:   one floor per thread.
 * Ownership: new returns owned; spans are borrowed for the call.
 * Errors:    libjpeg's own handler: a message and the end of the bench.
 */
#include "image/family.h"
#include "slide/slide.h"

struct floor;

struct floor *floor_new(int quality);
void floor_destroy(struct floor *floor);

/* Decodes what the family stores and encodes its twenty tiles from `family`, which holds them rebuilt. */
void floor_family(struct floor *floor, const struct og_stored_family *stored, const struct og_family *family);

/* The chain of one tile alone: decodes L2, the L1 residuals that its prediction reads and its own, and encodes it. */
void floor_chain(struct floor *floor, const struct og_stored_family *stored, unsigned slot,
                 const struct og_family *family);

#endif
