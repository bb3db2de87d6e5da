/* SPDX-License-Identifier: MIT */
/* In the place of og_engine_push: stages as they are, but whole families in order: a sibling counts as asked for. */
#include "engine_parts.h"

void og_engine_push_of_product(struct og_engine *engine, struct og_ready *ready);

void og_engine_push(struct og_engine *engine, struct og_ready *ready)
{
    for (unsigned i = 0; i < ready->count; i++)
        ready->item[i].demanded = true;
    og_engine_push_of_product(engine, ready);
}
