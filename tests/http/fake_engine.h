/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_FAKE_ENGINE_H
#define OG_TESTS_FAKE_ENGINE_H
/*
 * An engine of a test's own in place of the real one: the slide "s" has one level, 0, of 2 x 1000 tiles, whose bytes
 * are their names. Tiles with even y are in the cache; the others have to be waited for. The slide "z" has the same.
 *
 * Threads:   as engine/engine.h. hold, let_go and waiting from the test's thread.
 * Ownership: new returns owned.
 * Errors:    y 999 keeps the event thread while answers are held; y 501 is damaged; y 503 finds all work places taken;
 * both at once, without waiting.
 */
#include <stdbool.h>

#include "engine/engine.h"

#define OG_FAKE_CONTENT    UINT64_C(0x5eed000000000000) /* of tile 0_0; x and y count up from it */
#define OG_FAKE_MODIFIED_S INT64_C(784111777)           /* Sun, 06 Nov 1994 08:49:37 GMT */
#define OG_FAKE_GENERATION UINT64_C(0x0badcafe00000001)

struct og_engine *og_fake_engine_new(void);
void og_fake_engine_free(struct og_engine **engine);

void og_fake_engine_hold(struct og_engine *engine);            /* answers nobody … */
void og_fake_engine_let_go(struct og_engine *engine);          /* … until now */
unsigned og_fake_engine_waiting(struct og_engine *engine);     /* requests without an answer */
uint64_t og_fake_engine_found(const struct og_engine *engine); /* look-ups in the cache */

#endif
