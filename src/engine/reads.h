/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_READS_H
#define OG_ENGINE_READS_H
/*
 * og_reads: who may be inside a read of which slide. A read of a hung network file system does not return; so that its
 * slide does not take all workers one after the other, only a part of them may be inside reads of one slide:
 *
 *     half of the workers that are not inside reads of other slides, at least one
 *
 * A job that finds its slide at that bound is laid aside, in the order of arrival. Each read that returns hands its
 * turn to the job that has waited longest. A slide has half of all jobs laid aside at most; what comes then is refused.
 *
 *     enter ──► OG_READ_NOW     the job reads, then `leave`
 *               OG_READ_LATER   laid aside: a `leave` of the same slide returns it, and its turn is taken
 *               OG_READ_NEVER   refused
 *
 * Who has a turn may ask which jobs wait for theirs, and have the system read ahead for them: each is named once.
 *
 * A job that was handed a turn keeps it in its front ring. Each row has a turn at least, and a turn belongs to a worker
 * or to a job: there are rows for all of them, and those in use, as a rule a few, lie together.
 *
 * Threads:   any; one mutex, held for a look at the rows. It comes after all others.
 * Ownership: new returns owned. A job that is laid aside belongs to the rows until `leave` returns it.
 * Errors:    new returns NULL when memory is out.
 */
#include "job.h"

struct og_reads;

struct og_reads *og_reads_new(unsigned workers, unsigned jobs);
void og_reads_destroy(struct og_reads **reads);

enum og_read_turn { OG_READ_NOW, OG_READ_LATER, OG_READ_NEVER };
enum og_read_turn og_reads_enter(struct og_reads *reads, struct og_job *job);

/* For a read that nobody waits for: true takes a turn, false says that it is better left out. */
bool og_reads_enter_if_free(struct og_reads *reads, uint64_t slide_key);

struct og_read_name {
    bool family;
    uint32_t level, x, y; /* as the job's */
};

/* Of those laid aside and not named before, the one that waits longest; false: there is none. For who has a turn. */
bool og_reads_name_next(struct og_reads *reads, uint64_t slide_key, struct og_read_name *out);

/* Gives a turn back. Whoever gets it is returned, to be put into its front ring; NULL: nobody is laid aside. */
struct og_job *og_reads_leave(struct og_reads *reads, uint64_t slide_key);

#endif
