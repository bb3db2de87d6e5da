/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_BUF_POOL_H
#define OG_SYNC_BUF_POOL_H
/*
 * og_buf_pool: buffers for encoded tiles in fixed tiers, four to each doubling from 1 KiB to 512 KiB, the allocator's
 * own spacing, so that nothing is lost to rounding. A buffer is never resized. When its last owner lets go it lies down
 * in its tier's ring until a tile of that tier wants it. Once a server has seen its load, tiles cost no allocation.
 *
 * Account:   the pool knows at any time what its buffers that are out have cost: the memory of every tile that is
 *            cached, waited for or still being sent. A tile's bytes leave the account when its last owner lets go.
 * Overflow:  an empty tier borrows from the next two, then asks the allocator; a full one gives back to it, and so does
 *            a tile beyond the largest tier.
 * Threads:   copy, adopt, the sums and the release of buffers from any thread; new and destroy are single-threaded.
 * Ownership: new returns owned; copy returns an owned buffer, which may outlive the pool: the memory of the rings goes
 *            with the last of pool and buffers. Edges: T1 each who leaves releases, T2 the last one acquires.
 * Errors:    new and copy return NULL when memory is out.
 * Bound:     idle buffers hold at most 2 MiB, and no fewer than eight buffers, for each tier, and together at most
 *            OG_BUF_POOL_IDLE_BYTES and one buffer for each thread in release. The rings take less than 256 KiB.
 */
#include <stdbool.h>

#include "base/buf.h"

enum {
    OG_BUF_POOL_IDLE_BYTES = 8 << 20,
    OG_BUF_EXTRA_BYTES = OG_BUF_RESPONSE_BYTES + 128, /* of each buffer: its response, its place in the cache */
};

struct og_buf_pool;

struct og_buf_pool *og_buf_pool_new(void);
struct og_buf *og_buf_pool_copy(struct og_buf_pool *pool, const void *data, size_t size);

/* Takes a buffer from the allocator, which the caller alone knows, into the account; it is freed in the end, not kept.
 */
void og_buf_pool_adopt(struct og_buf_pool *pool, struct og_buf *buf);

bool og_buf_pool_owns(const struct og_buf_pool *pool, const struct og_buf *buf);

/* What one buffer counts in the account: og_buf_cost and OG_BUF_EXTRA_BYTES. */
size_t og_buf_pool_cost(const struct og_buf *buf);
size_t og_buf_pool_bytes(const struct og_buf_pool *pool); /* of all buffers that are out, now */
size_t og_buf_pool_idle(const struct og_buf_pool *pool);  /* og_buf_cost of all that lie idle, now */

void og_buf_pool_destroy(struct og_buf_pool **pool);

#endif
