/* SPDX-License-Identifier: MIT */
#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool/rebuild.h"

static struct answers *list_tiles(const struct og_slide *slide)
{
    struct answers *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    a->pyramid = og_slide_facts(slide)->pyramid;
    for (uint32_t level = 0; level <= a->pyramid.top; level++) {
        struct og_extent grid = og_pyramid_grid(&a->pyramid, a->pyramid.top - level);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++) {
                if (a->count == ANSWERS_MAX)
                    abort();
                a->tile[a->count++] = (struct answer){.level = level, .x = x, .y = y};
            }
    }
    return a;
}

struct answers *answers_served(struct served *served, const char *id)
{
    struct og_slide *slide = og_library_find(served->library, id, strlen(id), served->block);
    if (!slide)
        return calloc(1, sizeof(struct answers));
    struct answers *a = list_tiles(slide);
    og_slide_unref(&slide);
    for (unsigned i = 0; i < a->count; i++) {
        struct answer *t = &a->tile[i];
        t->status = served_ask(served, served->block, id, t->level, t->x, t->y, &t->buf);
    }
    return a;
}

struct answers *answers_rebuilt(const struct og_slide *slide)
{
    struct answers *a = list_tiles(slide);
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    for (unsigned i = 0; i < a->count; i++) {
        struct answer *t = &a->tile[i];
        struct og_error err;
        t->status =
            og_rebuilder_tile(rebuilder, slide, t->level, t->x, t->y, OG_REBUILD_QUALITY_DEFAULT, &t->buf, &err);
    }
    og_rebuilder_destroy(&rebuilder);
    return a;
}

void answers_free(struct answers **answers)
{
    for (unsigned i = 0; *answers && i < (*answers)->count; i++)
        og_buf_unref(&(*answers)->tile[i].buf);
    free(*answers);
    *answers = NULL;
}

/* ---- judging ---- */

/* What a tile is read from: slots of one record. */
struct need {
    unsigned page;
    uint64_t index;
    uint32_t slots;
};

static struct need need_of(const struct og_pyramid *p, const struct answer *tile)
{
    unsigned depth = p->top - tile->level, last = og_pyramid_last_depth(p);
    if (depth < 2) {
        unsigned shift = 2 - depth;
        uint32_t fx = tile->x >> shift, fy = tile->y >> shift;
        struct og_place place = {depth, tile->x - (fx << shift), tile->y - (fy << shift)};
        return (struct need){0, (uint64_t)fy * og_pyramid_grid(p, 2).width + fx, og_slot_closure(og_place_slot(place))};
    }
    if (depth > last)
        return (struct need){last - 2, 0, 1};
    return (struct need){depth - 2, (uint64_t)tile->y * og_pyramid_grid(p, depth).width + tile->x, 1};
}

void wounds_endanger_all(struct wounds *wounds)
{
    for (unsigned page = 0; page < SURGERY_PAGES; page++)
        for (unsigned i = 0; i < WOUND_RECORDS; i++)
            wounds->endangered[page][i] = WOUND_ALL_SLOTS;
}

static bool same(const struct answer *a, const struct answer *b)
{
    return a->buf && b->buf && a->buf->size == b->buf->size && memcmp(a->buf->data, b->buf->data, a->buf->size) == 0;
}

static bool is_damage(const struct answer *tile)
{
    return !tile->buf && (tile->status == OG_DAMAGED || tile->status == OG_IO || tile->status == OG_UNSUPPORTED);
}

static struct og_verdict verdict(const struct answer *tile, const char *what)
{
    struct og_verdict v;
    snprintf(v.text, sizeof v.text, "level %u tile %u,%u (%s): %s", tile->level, tile->x, tile->y,
             og_status_text(tile->status), what);
    return v;
}

struct og_verdict answers_judge(const struct answers *now, const struct answers *whole, const struct wounds *wounds)
{
    if (now->count != whole->count)
        return (struct og_verdict){"another number of tiles"};
    for (unsigned i = 0; i < whole->count; i++) {
        const struct answer *tile = &now->tile[i];
        struct need need = need_of(&whole->pyramid, tile);
        bool bad = wounds->bad[need.page][need.index] & need.slots;
        bool endangered = wounds->endangered[need.page][need.index] & need.slots;
        bool stored = now->pyramid.top - tile->level >= 2;
        if (stored && tile->buf && wounds->replaced[need.page][need.index])
            continue;
        bool right = tile->status == OG_OK && same(tile, &whole->tile[i]);
        if (!right && !is_damage(tile))
            return verdict(tile, "neither identical nor an error of damage");
        if (bad && right)
            return verdict(tile, "answered although its bytes are damaged");
        if (!bad && !endangered && !right)
            return verdict(tile, "lost without need");
    }
    return (struct og_verdict){OG_AS_CLAIMED};
}

struct og_verdict answers_equal(const struct answers *a, const struct answers *b)
{
    if (a->count != b->count)
        return (struct og_verdict){"another number of tiles"};
    for (unsigned i = 0; i < a->count; i++)
        if (a->tile[i].status != b->tile[i].status || (a->tile[i].buf && !same(&a->tile[i], &b->tile[i])))
            return verdict(&a->tile[i], og_status_text(b->tile[i].status));
    return (struct og_verdict){OG_AS_CLAIMED};
}

unsigned answers_failed(const struct answers *answers)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < answers->count; i++)
        failed += answers->tile[i].status != OG_OK;
    return failed;
}
