/* SPDX-License-Identifier: MIT */
#include "disk_tier.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "slide/profile.h"

enum { PLACES = 1 << 18, PLACE_SHIFT = 46 };

struct head {
    uint64_t tile;
    uint32_t size, crc;
};

struct entry {
    uint64_t tile, at; /* `at` counts on for ever; the file holds the last `bytes` of it */
    uint32_t size;     /* 0: none */
};

struct disk_tier {
    int fd;
    size_t bytes;
    pthread_mutex_t lock;
    /* under the lock */
    uint64_t end;
    size_t written;
    struct entry place[PLACES]; /* one for each hash: a tile may push out another */
};

uint64_t disk_tier_tile(uint32_t level, uint32_t x, uint32_t y)
{
    return (uint64_t)level << 56 | (uint64_t)y << 28 | x;
}

static struct entry *place_of(struct disk_tier *tier, uint64_t tile)
{
    return &tier->place[tile * UINT64_C(0x9e3779b97f4a7c15) >> PLACE_SHIFT];
}

struct disk_tier *disk_tier_new(const char *path, size_t bytes)
{
    struct disk_tier *tier = calloc(1, sizeof *tier);
    tier->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    tier->bytes = bytes;
    pthread_mutex_init(&tier->lock, NULL);
    if (tier->fd < 0 || posix_fallocate(tier->fd, 0, (off_t)bytes) != 0) {
        perror(path);
        exit(1);
    }
    return tier;
}

void disk_tier_destroy(struct disk_tier **tier)
{
    if (!*tier)
        return;
    close((*tier)->fd);
    pthread_mutex_destroy(&(*tier)->lock);
    free(*tier);
    *tier = NULL;
}

static struct entry look_up(struct disk_tier *tier, uint64_t tile)
{
    pthread_mutex_lock(&tier->lock);
    struct entry entry = *place_of(tier, tile);
    bool there = entry.size && entry.tile == tile && entry.at + tier->bytes >= tier->end;
    pthread_mutex_unlock(&tier->lock);
    return there ? entry : (struct entry){0};
}

bool disk_tier_has(struct disk_tier *tier, uint64_t tile)
{
    return look_up(tier, tile).size;
}

struct og_buf *disk_tier_get(struct disk_tier *tier, uint64_t tile)
{
    struct entry entry = look_up(tier, tile);
    if (!entry.size)
        return NULL;
    struct head head;
    struct og_buf *buf = og_buf_new(entry.size);
    struct iovec parts[] = {{&head, sizeof head}, {buf->data, buf->size}};
    ssize_t whole = (ssize_t)(sizeof head + buf->size);
    if (preadv(tier->fd, parts, 2, (off_t)(entry.at % tier->bytes)) != whole || head.tile != tile ||
        head.size != entry.size || head.crc != og_crc32c(0, buf->data, buf->size))
        og_buf_unref(&buf);
    return buf;
}

/* The room of a tile never wraps: the end of the file is left empty instead. */
static uint64_t reserve(struct disk_tier *tier, uint64_t tile, size_t size)
{
    pthread_mutex_lock(&tier->lock);
    const struct entry *old = place_of(tier, tile);
    uint64_t at = UINT64_MAX;
    if (!old->size || old->tile != tile || old->at + tier->bytes < tier->end) {
        size_t offset = (size_t)(tier->end % tier->bytes);
        at = offset + size <= tier->bytes ? tier->end : tier->end + tier->bytes - offset;
        tier->end = at + size;
        tier->written += size;
    }
    pthread_mutex_unlock(&tier->lock);
    return at;
}

void disk_tier_put(struct disk_tier *tier, uint64_t tile, const struct og_buf *buf)
{
    struct head head = {tile, (uint32_t)buf->size, og_crc32c(0, buf->data, buf->size)};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)buf->data, buf->size}};
    uint64_t at = reserve(tier, tile, sizeof head + buf->size);
    if (at == UINT64_MAX)
        return;
    if (pwritev(tier->fd, parts, 2, (off_t)(at % tier->bytes)) != (ssize_t)(sizeof head + buf->size)) {
        perror("bench tier: write");
        exit(1);
    }
    pthread_mutex_lock(&tier->lock);
    *place_of(tier, tile) = (struct entry){tile, at, (uint32_t)buf->size};
    pthread_mutex_unlock(&tier->lock);
}

void disk_tier_settle(struct disk_tier *tier)
{
    if (fdatasync(tier->fd) != 0)
        perror("bench tier: fdatasync");
}

size_t disk_tier_index_bytes(struct disk_tier *tier)
{
    return sizeof tier->place;
}

size_t disk_tier_written(struct disk_tier *tier)
{
    pthread_mutex_lock(&tier->lock);
    size_t written = tier->written;
    pthread_mutex_unlock(&tier->lock);
    return written;
}

size_t disk_tier_list(struct disk_tier *tier, uint64_t *tiles, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < PLACES && n < room; i++)
        if (tier->place[i].size && disk_tier_has(tier, tier->place[i].tile))
            tiles[n++] = tier->place[i].tile;
    return n;
}
