/* SPDX-License-Identifier: MIT */
#ifndef OG_SYNC_EPOCH_H
#define OG_SYNC_EPOCH_H
/*
 * og_epoch: when may memory be taken back that readers without a lock may still look at? A reader looks at shared
 * pointers only inside a section; who unlinks something retires it, and it is reclaimed once every section in which
 * somebody may have found it has ended.
 *
 *     reader:   og_epoch_enter(e, seat); load pointers (acquire) and look; og_epoch_leave(e, seat);
 *     writer:   unlink the node (release or stronger); og_epoch_retire(e, &node->retired);
 *
 * Threads:   any. A seat (og_metrics_seat) is one thread's; sections of one seat on one og_epoch do not nest. retire
 *            and reclaim run inside a section or outside. new and destroy are single-threaded.
 * Ownership: retire takes the node until its `reclaim` is called, exactly once, in any thread that retires or reclaims.
 * Progress:  enter and leave are wait-free: a load and a read-modify-write; a store. retire is lock-free. Nobody ever
 *            waits for a reader: a section that lasts defers reclaiming and nothing else. A seat outside holds nothing
 *            back. Sections are short, so they contain no system call, lock or work on pixels.
 * Bound:     one retire in OG_EPOCH_STRIDE makes a step, and when no section outlasts two of them a node is reclaimed
 *            by the third step after it: at most 3 * OG_EPOCH_STRIDE nodes, and one for each thread in retire, wait.
 * Errors:    new returns NULL when memory is out.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/metrics.h"

enum { OG_EPOCH_SEATS = OG_METRICS_THREADS, OG_EPOCH_STRIDE = 32 };

struct og_epoch;

/* A part of what is to be reclaimed. `reclaim` is the caller's, the rest is the epoch's; reclaim retires nothing. */
struct og_retired {
    void (*reclaim)(struct og_retired *node);
    struct og_retired *next;
    uint64_t since;
};

struct og_epoch *og_epoch_new(void);

void og_epoch_enter(struct og_epoch *epoch, unsigned seat);
void og_epoch_leave(struct og_epoch *epoch, unsigned seat);

void og_epoch_retire(struct og_epoch *epoch, struct og_retired *node);

/* Makes one step and reclaims what became ripe. True when nothing waits any more: two steps if nobody is inside. */
bool og_epoch_reclaim(struct og_epoch *epoch);

void og_epoch_destroy(struct og_epoch **epoch); /* reclaims all that waits */

#endif
