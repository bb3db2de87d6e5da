/* SPDX-License-Identifier: MIT */
/* In the place of sync/ring.h: the same bounded queue behind one mutex. */
#include "sync/ring.h"

#include <pthread.h>
#include <stdlib.h>

struct og_ring {
    pthread_mutex_t lock;
    size_t cells, head, count;
    void *item[];
};

struct og_ring *og_ring_new(size_t capacity)
{
    size_t cells = 2;
    while (cells < capacity)
        cells *= 2;
    struct og_ring *ring = calloc(1, sizeof *ring + cells * sizeof ring->item[0]);
    if (!ring)
        return NULL;
    pthread_mutex_init(&ring->lock, NULL);
    ring->cells = cells;
    return ring;
}

bool og_ring_push_pointer(struct og_ring *ring, void *item)
{
    pthread_mutex_lock(&ring->lock);
    bool room = ring->count < ring->cells;
    if (room)
        ring->item[(ring->head + ring->count++) & (ring->cells - 1)] = item;
    pthread_mutex_unlock(&ring->lock);
    return room;
}

void *og_ring_pop(struct og_ring *ring)
{
    void *item = NULL;
    pthread_mutex_lock(&ring->lock);
    if (ring->count) {
        item = ring->item[ring->head++ & (ring->cells - 1)];
        ring->count--;
    }
    pthread_mutex_unlock(&ring->lock);
    return item;
}

size_t og_ring_count(const struct og_ring *ring)
{
    struct og_ring *locked = (struct og_ring *)ring;
    pthread_mutex_lock(&locked->lock);
    size_t count = ring->count;
    pthread_mutex_unlock(&locked->lock);
    return count;
}

bool og_ring_is_empty(const struct og_ring *ring)
{
    return og_ring_count(ring) == 0;
}

void og_ring_destroy(struct og_ring **ring)
{
    if (*ring)
        pthread_mutex_destroy(&(*ring)->lock);
    free(*ring);
    *ring = NULL;
}
