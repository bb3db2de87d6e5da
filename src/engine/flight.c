/* SPDX-License-Identifier: MIT */
#include "flight.h"

#include <stdalign.h>
#include <stdlib.h>

enum { SHARDS = 64 };

struct og_flight_shard {
    alignas(64) pthread_mutex_t lock;
    struct og_job *first;
};

struct og_flight {
    struct og_flight_shard shard[SHARDS];
};

struct og_flight *og_flight_new(void)
{
    struct og_flight *flight = aligned_alloc(alignof(struct og_flight), sizeof *flight);
    if (!flight)
        return NULL;
    for (unsigned i = 0; i < SHARDS; i++) {
        flight->shard[i].first = NULL;
        pthread_mutex_init(&flight->shard[i].lock, NULL);
    }
    return flight;
}

void og_flight_destroy(struct og_flight **flight)
{
    if (!*flight)
        return;
    for (unsigned i = 0; i < SHARDS; i++)
        pthread_mutex_destroy(&(*flight)->shard[i].lock);
    free(*flight);
    *flight = NULL;
}

struct og_flight_shard *og_flight_lock(struct og_flight *flight, const struct og_key *key)
{
    struct og_flight_shard *shard = &flight->shard[key->hash % SHARDS];
    pthread_mutex_lock(&shard->lock);
    return shard;
}

void og_flight_unlock(struct og_flight_shard *shard)
{
    pthread_mutex_unlock(&shard->lock);
}

struct og_job *og_flight_find_locked(struct og_flight_shard *shard, const struct og_key *key)
{
    struct og_job *job = shard->first;
    while (job && !og_key_equal(&job->key, key))
        job = job->next;
    return job;
}

void og_flight_enter_locked(struct og_flight_shard *shard, struct og_job *job)
{
    job->next = shard->first;
    shard->first = job;
}

void og_flight_leave_locked(struct og_flight_shard *shard, struct og_job *job)
{
    struct og_job **link = &shard->first;
    while (*link != job)
        link = &(*link)->next;
    *link = job->next;
}

void og_flight_visit_all(struct og_flight *flight, void (*look)(void *context, struct og_job *job), void *context)
{
    for (unsigned i = 0; i < SHARDS; i++) {
        pthread_mutex_lock(&flight->shard[i].lock);
        for (struct og_job *job = flight->shard[i].first; job; job = job->next)
            look(context, job);
        pthread_mutex_unlock(&flight->shard[i].lock);
    }
}
