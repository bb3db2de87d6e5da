/* SPDX-License-Identifier: MIT */
#ifndef OG_ENGINE_FLIGHT_H
#define OG_ENGINE_FLIGHT_H
/*
 * og_flight: which jobs are under way, by key, so that a second request for a family joins the first one's job before
 * any read. Shards with a mutex each: only misses come here, and a miss costs a thousand times more.
 *
 * Threads:   any; a shard's lock comes before a job's lock, never the other way round.
 * Ownership: borrows the jobs: enter and leave bracket their time here.
 * Errors:    new returns NULL when memory is out.
 */
#include "job.h"

struct og_flight;
struct og_flight_shard;

struct og_flight *og_flight_new(void);
void og_flight_destroy(struct og_flight **flight);

/* Locks the shard of a key: what is found there stays valid until the unlock. */
struct og_flight_shard *og_flight_lock(struct og_flight *flight, const struct og_key *key);
void og_flight_unlock(struct og_flight_shard *shard);

struct og_job *og_flight_find_locked(struct og_flight_shard *shard, const struct og_key *key);
void og_flight_enter_locked(struct og_flight_shard *shard, struct og_job *job);
void og_flight_leave_locked(struct og_flight_shard *shard, struct og_job *job);

/*
 * Takes and releases every lock once: whoever was inside when this began has left when it returns. `look` gets each job
 * that is in flight, under its shard's lock.
 */
void og_flight_visit_all(struct og_flight *flight, void (*look)(void *context, struct og_job *job), void *context);

#endif
