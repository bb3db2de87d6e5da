/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_BUF_POOL_H
#define OG_SYNC_BUF_POOL_H
/*
 * og_buf_pool: buffers for encoded tiles in fixed tiers, four to each doubling from 1 KiB to 512 KiB, the allocator's
 * own spacing, so that nothing is lost to rounding. A buffer is never resized. When its last owner lets go it lies down
 * in its tier's ring until a tile of that tier wants it. Once a server has seen its load, tiles cost no allocation.
 *
 * Overflow:  an empty tier borrows from the next two, then asks the allocator, a full one gives back to it; so does a
 * tile beyond the largest tier. Threads:   copy, bytes and the release of buffers from any thread; new and destroy are
 * single-threaded. Ownership: new returns owned; copy returns an owned buffer, which may outlive the pool: the memory
 * of the rings goes with the last of pool and buffers. Edges: T1 each who leaves releases, T2 the last one acquires.
 * Errors:    new and copy return NULL when memory is out.
 * Bound:     idle buffers never exceed OG_BUF_POOL_IDLE_BYTES. What is out is counted, headers and rounding to tiers
 *            included, and is for the caller to bound.
 */
#include "base/buf.h"

#define OG_BUF_POOL_IDLE_BYTES ((size_t)16 << 20)

struct og_buf_pool;

struct og_buf_pool *og_buf_pool_new(void);
struct og_buf *og_buf_pool_copy(struct og_buf_pool *pool, const void *data, size_t size);
size_t og_buf_pool_bytes(const struct og_buf_pool *pool); /* in use, whoever holds them */
size_t og_buf_pool_idle(const struct og_buf_pool *pool);  /* bytes that wait for use */
void og_buf_pool_destroy(struct og_buf_pool **pool);

#endif
