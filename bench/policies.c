/* SPDX-License-Identifier: MIT */
#include "policies.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_HITS = 3, NOBODY = UINT32_MAX };

enum place { NOWHERE, SMALL, MAIN, PLACES };

struct entry {
    uint32_t newer, older;
    uint32_t cost;
    uint8_t place, hits;
    uint64_t ghost; /* the number of its latest departure from the small queue; 0: none */
};

struct queue {
    uint32_t newest, oldest;
    size_t bytes;
};

struct policy {
    struct policy_options options;
    struct queue queues[PLACES];
    size_t entries;
    uint64_t departures;
    struct entry *tiles;
};

struct policy *policy_new(const struct policy_options *options, uint32_t tiles)
{
    struct policy *policy = calloc(1, sizeof *policy);
    struct entry *entries = calloc(tiles, sizeof *entries);
    if (!policy || !entries) {
        fprintf(stderr, "bench: no memory for a simulated cache\n");
        exit(1);
    }
    *policy = (struct policy){.options = *options, .tiles = entries};
    for (int place = 0; place < PLACES; place++)
        policy->queues[place] = (struct queue){.newest = NOBODY, .oldest = NOBODY};
    return policy;
}

static void enqueue(struct policy *policy, uint32_t tile, enum place place)
{
    struct queue *queue = &policy->queues[place];
    struct entry *entry = &policy->tiles[tile];
    entry->place = (uint8_t)place;
    entry->newer = NOBODY;
    entry->older = queue->newest;
    *(queue->newest == NOBODY ? &queue->oldest : &policy->tiles[queue->newest].newer) = tile;
    queue->newest = tile;
    queue->bytes += entry->cost;
    policy->entries++;
}

static void dequeue(struct policy *policy, uint32_t tile)
{
    struct entry *entry = &policy->tiles[tile];
    struct queue *queue = &policy->queues[entry->place];
    *(entry->newer == NOBODY ? &queue->newest : &policy->tiles[entry->newer].older) = entry->older;
    *(entry->older == NOBODY ? &queue->oldest : &policy->tiles[entry->older].newer) = entry->newer;
    queue->bytes -= entry->cost;
    entry->place = NOWHERE;
    policy->entries--;
}

static void advance_small(struct policy *policy)
{
    uint32_t tile = policy->queues[SMALL].oldest;
    struct entry *entry = &policy->tiles[tile];
    dequeue(policy, tile);
    if (entry->hits >= policy->options.hits_for_main) {
        entry->hits = 0;
        enqueue(policy, tile, MAIN);
    } else {
        entry->ghost = ++policy->departures;
    }
}

static void advance_main(struct policy *policy)
{
    uint32_t tile = policy->queues[MAIN].oldest;
    struct entry *entry = &policy->tiles[tile];
    dequeue(policy, tile);
    if (policy->options.kind == POLICY_S3FIFO && entry->hits > 0) {
        entry->hits--;
        enqueue(policy, tile, MAIN);
    }
}

static void make_room(struct policy *policy, size_t cost)
{
    const struct queue *small = &policy->queues[SMALL], *main = &policy->queues[MAIN];
    double share = policy->options.small_share * (double)policy->options.capacity;
    while (small->bytes + main->bytes + cost > policy->options.capacity) {
        if (main->oldest == NOBODY || (small->oldest != NOBODY && (double)small->bytes > share))
            advance_small(policy);
        else
            advance_main(policy);
    }
}

static bool is_ghost(const struct policy *policy, const struct entry *entry)
{
    return entry->ghost &&
           (double)(policy->departures - entry->ghost) < policy->options.ghosts_per_entry * (double)policy->entries;
}

bool policy_ask(struct policy *policy, uint32_t tile, size_t cost)
{
    struct entry *entry = &policy->tiles[tile];
    if (entry->place != NOWHERE) {
        if (policy->options.kind == POLICY_LRU) {
            dequeue(policy, tile);
            enqueue(policy, tile, MAIN);
        } else if (entry->hits < MOST_HITS) {
            entry->hits++;
        }
        return true;
    }
    if (cost > policy->options.capacity)
        return false;
    enum place place = policy->options.kind == POLICY_S3FIFO && !is_ghost(policy, entry) ? SMALL : MAIN;
    make_room(policy, cost);
    *entry = (struct entry){.cost = (uint32_t)cost};
    enqueue(policy, tile, place);
    return false;
}

void policy_destroy(struct policy **policy)
{
    free((*policy)->tiles);
    free(*policy);
    *policy = NULL;
}
