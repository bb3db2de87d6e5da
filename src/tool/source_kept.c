/* SPDX-License-Identifier: MIT */
#include "tool/source_kept.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/tile.h"

struct area {
    struct og_rect where;
    uint8_t *rgb;
};

struct og_kept_source {
    struct og_source view;
    const struct og_source *from;
    pthread_mutex_t lock; /* guards the list below */
    unsigned count;
    struct area areas[OG_KEPT_AREAS];
};

struct reader {
    struct og_kept_source *kept;
    void *inner;
};

static bool is_same(struct og_rect a, struct og_rect b)
{
    return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height;
}

static size_t row_of(struct og_rect area)
{
    return (size_t)area.width * 3;
}

static void copy(uint8_t *to, ptrdiff_t to_stride, const uint8_t *from, ptrdiff_t from_stride, struct og_rect area)
{
    for (int y = 0; y < area.height; y++)
        memcpy(to + y * to_stride, from + y * from_stride, row_of(area));
}

static const uint8_t *find(struct og_kept_source *kept, struct og_rect area)
{
    const uint8_t *rgb = NULL;
    pthread_mutex_lock(&kept->lock);
    for (unsigned i = 0; i < kept->count && !rgb; i++)
        if (is_same(kept->areas[i].where, area))
            rgb = kept->areas[i].rgb;
    pthread_mutex_unlock(&kept->lock);
    return rgb;
}

static bool has_room(struct og_kept_source *kept)
{
    pthread_mutex_lock(&kept->lock);
    bool room = kept->count < OG_KEPT_AREAS;
    pthread_mutex_unlock(&kept->lock);
    return room;
}

static void keep(struct og_kept_source *kept, struct og_rect area, const uint8_t *rgb, ptrdiff_t stride)
{
    uint8_t *own = has_room(kept) ? malloc(row_of(area) * (size_t)area.height) : NULL;
    if (!own)
        return;
    copy(own, (ptrdiff_t)row_of(area), rgb, stride, area);
    pthread_mutex_lock(&kept->lock);
    if (kept->count < OG_KEPT_AREAS) {
        kept->areas[kept->count++] = (struct area){area, own};
        own = NULL;
    }
    pthread_mutex_unlock(&kept->lock);
    free(own);
}

static enum og_status reader_new(void *state, void **reader, struct og_error *err)
{
    struct og_kept_source *kept = state;
    struct reader *r = *reader = calloc(1, sizeof *r);
    if (!r)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", kept->view.facts.name);
    r->kept = kept;
    enum og_status status = og_source_reader_new(kept->from, &r->inner, err);
    if (status != OG_OK && !r->inner) {
        free(r);
        *reader = NULL;
    }
    return status;
}

static enum og_status read_area(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride, struct og_error *err)
{
    struct reader *r = reader;
    const uint8_t *known = find(r->kept, area);
    if (known) {
        copy(rgb, stride, known, (ptrdiff_t)row_of(area), area);
        return OG_OK;
    }
    enum og_status status = r->kept->from->kind->read(r->inner, area, rgb, stride, err);
    if (status == OG_OK && (area.width > OG_TILE_SIZE || area.height > OG_TILE_SIZE))
        keep(r->kept, area, rgb, stride);
    return status;
}

static void reader_destroy(void *reader)
{
    struct reader *r = reader;
    og_source_reader_destroy(r->kept->from, r->inner);
    free(r);
}

static const struct og_source_kind kept_kind = {reader_new, read_area, reader_destroy, NULL};

struct og_kept_source *og_kept_source_new(const struct og_source *from)
{
    struct og_kept_source *kept = calloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    kept->from = from;
    kept->view = (struct og_source){from->facts, &kept_kind, kept};
    pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

const struct og_source *og_kept_source_view(const struct og_kept_source *kept)
{
    return &kept->view;
}

void og_kept_source_destroy(struct og_kept_source **kept)
{
    struct og_kept_source *k = *kept;
    *kept = NULL;
    if (!k)
        return;
    for (unsigned i = 0; i < k->count; i++)
        free(k->areas[i].rgb);
    pthread_mutex_destroy(&k->lock);
    free(k);
}
