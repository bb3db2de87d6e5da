/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_MEMORY_H
#define OG_ENGINE_MEMORY_H
/*
 * og_engine_memory: what an engine with these options may come to hold of resident memory, in bytes; each slide of the
 * catalogue adds og_engine_slide_memory. What the allocator loses between its pieces is not in it. The engine keeps to
 * it: encoded tiles have one account and one bound, whoever holds them, and everything else is a fixed number of pieces
 * of fixed size.
 *
 * Threads: any. Ownership: none. Errors: none.
 */
#include "engine/engine.h"

size_t og_engine_memory(const struct og_engine_options *options);
size_t og_engine_slide_memory(void);

#endif
