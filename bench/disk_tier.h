/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_DISK_TIER_H
#define OG_BENCH_DISK_TIER_H
/*
 * A second tier of finished tiles on disk, as a prototype to be measured: one file of bounded size, written round and
 * round, an index in memory, CRC-32C over each tile. The newest tiles take the place of the oldest.
 *
 * What a product would need besides is left out in the tier's favour: the index outlives the restart that the bench
 * plays, so that neither keeping it on disk nor reading it again costs anything; nothing is forced to the disk but
 * once, before that restart.
 *
 * Threads:   has, get and put from any thread; the rest from one.
 * Ownership: new returns owned; get returns an owned buffer; put borrows.
 * Errors:    a tile that is not there, was overwritten or is damaged is NULL. A file that cannot be made ends the
 * bench.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct disk_tier;

struct disk_tier *disk_tier_new(const char *path, size_t bytes);
void disk_tier_destroy(struct disk_tier **tier);

/* `tile` names a tile of the bench's only slide. */
uint64_t disk_tier_tile(uint32_t level, uint32_t x, uint32_t y);

bool disk_tier_has(struct disk_tier *tier, uint64_t tile);
struct og_buf *disk_tier_get(struct disk_tier *tier, uint64_t tile);
void disk_tier_put(struct disk_tier *tier, uint64_t tile, const struct og_buf *buf); /* once for each tile it has */

void disk_tier_settle(struct disk_tier *tier);        /* all that was put is on the disk */
size_t disk_tier_index_bytes(struct disk_tier *tier); /* memory */
size_t disk_tier_written(struct disk_tier *tier);     /* bytes so far */
/* The tiles that are there, at most `room` of them. */
size_t disk_tier_list(struct disk_tier *tier, uint64_t *tiles, size_t room);

#endif
