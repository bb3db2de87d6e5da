/* SPDX-License-Identifier: MIT */
#include "tool/inspect.h"

#include <glib.h>

#include "base/clock.h"
#include "tool/parallel.h"
#include "tool/unpack.h"
#include "tool/zorder.h"

struct inspection {
    const struct og_slide *slide;
    const struct og_inspect_options *options;
    struct og_pyramid pyramid;
    uint64_t families;
    uint64_t pixels_done; /* the calling thread's, and so is: */
    struct og_inspected *out;
};

struct worker {
    const struct inspection *inspection;
    struct og_unpacker *unpacker;
};

/* What is found at one place: a family, or a tile of a coarser level. */
struct found {
    uint64_t tiles, bytes, absent, lost, pixels;
    unsigned damaged;
    struct og_damage damage[OG_FAMILY_SLOTS];
};

/* Families come first, in the order of the file; coarser levels follow. */
static struct og_pyramid_place place_of(const struct inspection *n, uint64_t piece)
{
    if (piece < n->families) {
        struct og_cell cell = og_zorder_cell(og_pyramid_grid(&n->pyramid, 2), piece);
        return (struct og_pyramid_place){2, cell.x, cell.y};
    }
    return og_pyramid_nth(&n->pyramid, 3, piece - n->families);
}

static uint64_t pieces(const struct inspection *n)
{
    uint64_t sum = n->families;
    for (unsigned depth = 3; depth <= og_slide_facts(n->slide)->last_depth; depth++)
        sum += og_pyramid_tiles(&n->pyramid, depth);
    return sum;
}

static unsigned count(uint32_t slots)
{
    return (unsigned)__builtin_popcount(slots);
}

static void note(struct found *f, struct og_pyramid_place at, bool whole_family, const char *reason)
{
    struct og_damage *d = &f->damage[f->damaged++];
    *d = (struct og_damage){at.depth, at.x, at.y, whole_family, ""};
    g_strlcpy(d->reason, reason, sizeof d->reason);
}

static bool is_damage(enum og_status status)
{
    return status == OG_DAMAGED || status == OG_IO || status == OG_UNSUPPORTED;
}

static void look_at_slots(const struct og_unpacked *unpacked, uint32_t inside, struct og_pyramid_place at,
                          struct found *f)
{
    f->tiles = unpacked->streams - count(unpacked->bad);
    f->bytes = unpacked->bytes;
    f->absent = count(inside) - unpacked->streams;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        if (unpacked->bad >> slot & 1)
            note(f, og_pyramid_of_slot(at.x, at.y, slot), false, unpacked->reason[slot]);
        if (inside >> slot & 1 && unpacked->bad & og_slot_closure(slot))
            f->lost++;
    }
}

static enum og_status look_at_family(struct worker *w, struct og_pyramid_place at, struct found *f,
                                     struct og_error *err)
{
    struct og_extent size = og_pyramid_tile(&w->inspection->pyramid, 2, at.x, at.y);
    uint32_t inside = og_pyramid_slots(&w->inspection->pyramid, at.x, at.y);
    struct og_unpacked unpacked;
    f->pixels = (uint64_t)size.width * size.height * 16;
    enum og_status status = og_unpack_family(w->unpacker, w->inspection->slide, at.x, at.y, OG_SLOTS, &unpacked, err);
    if (status == OG_OK) {
        look_at_slots(&unpacked, inside, at, f);
    } else if (is_damage(status)) {
        note(f, at, true, err->text);
        f->lost = count(inside);
        status = OG_OK;
    }
    return status;
}

static enum og_status look_at_tile(struct worker *w, struct og_pyramid_place at, struct found *f, struct og_error *err)
{
    struct og_plane planes[3];
    uint64_t bytes = 0;
    enum og_status status =
        og_unpack_stored(w->unpacker, w->inspection->slide, at.depth, at.x, at.y, planes, &bytes, err);
    if (status == OG_OK) {
        f->tiles = 1;
        f->bytes = bytes;
    } else if (is_damage(status)) {
        note(f, at, false, err->text);
        f->lost = 1;
        status = OG_OK;
    }
    return status;
}

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct worker *w = worker;
    w->inspection = context;
    return og_unpacker_new(&w->unpacker, err);
}

static void leave(void *worker)
{
    struct worker *w = worker;
    og_unpacker_destroy(&w->unpacker);
}

static enum og_status make(void *worker, uint64_t piece, void *item, struct og_error *err)
{
    struct worker *w = worker;
    struct og_pyramid_place at = place_of(w->inspection, piece);
    return at.depth == 2 ? look_at_family(w, at, item, err) : look_at_tile(w, at, item, err);
}

static enum og_status take(void *context, uint64_t piece, void *item, struct og_error *err)
{
    struct inspection *n = context;
    const struct found *f = item;
    struct og_inspected *out = n->out;
    (void)piece, (void)err;
    for (unsigned i = 0; i < f->damaged; i++, out->damaged++)
        if (out->damaged < OG_DAMAGE_LISTED)
            out->damage[out->damaged] = f->damage[i];
    out->tiles += f->tiles;
    out->bytes += f->bytes;
    out->absent += f->absent;
    out->lost += f->lost;
    n->pixels_done += f->pixels;
    return OG_OK;
}

static bool watch(void *context)
{
    const struct inspection *n = context;
    struct og_extent size = og_pyramid_size(&n->pyramid, 2);
    return n->options->watch(n->options->context, n->pixels_done, (uint64_t)size.width * size.height * 16);
}

enum og_status og_inspect(const struct og_slide *slide, const struct og_inspect_options *options,
                          struct og_inspected *out, struct og_error *err)
{
    uint64_t began = og_clock_monotonic_ns();
    struct inspection n = {.slide = slide, .options = options, .pyramid = og_slide_facts(slide)->pyramid, .out = out};
    n.families = og_pyramid_tiles(&n.pyramid, 2);
    *out = (struct og_inspected){.tiles = 0};
    struct og_parallel_work work = {.pieces = pieces(&n),
                                    .worker_bytes = sizeof(struct worker),
                                    .item_bytes = sizeof(struct found),
                                    .context = &n,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take,
                                    .watch = watch};
    enum og_status status = og_parallel_run(&work, "inspect", options->threads, err);
    out->seconds = (double)(og_clock_monotonic_ns() - began) / 1e9;
    return status;
}
