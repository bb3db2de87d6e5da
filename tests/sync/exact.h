/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_EXACT_H
#define OG_TESTS_EXACT_H
/*
 * Exact caches of so many tiles of one size, as the books have them: what the real one is compared with. Keys are small
 * numbers. ask says whether the tile was there, and keeps it if it was not.
 *
 * Threads:   one. Ownership: new returns owned. Errors: new aborts when memory is out.
 */
#include <stdbool.h>
#include <stdint.h>

struct exact_lru;
struct exact_lru *exact_lru_new(uint32_t capacity, uint32_t keys);
bool exact_lru_ask(struct exact_lru *lru, uint32_t key);
void exact_lru_destroy(struct exact_lru **lru);

/* The small queue holds a tenth, the ghost remembers as many as the main queue holds. */
struct exact_s3fifo;
struct exact_s3fifo *exact_s3fifo_new(uint32_t capacity, uint32_t keys);
bool exact_s3fifo_ask(struct exact_s3fifo *cache, uint32_t key);
void exact_s3fifo_destroy(struct exact_s3fifo **cache);

#endif
