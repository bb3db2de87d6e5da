/* SPDX-License-Identifier: MIT */
#include "tool/export.h"

#include <string.h>

#include "base/clock.h"
#include "export_target.h"
#include "tool/parallel.h"
#include "tool/rebuild.h"
#include "tool/zorder.h"

struct piece {
    unsigned count;
    struct og_export_tile tile[OG_FAMILY_SLOTS];
    uint64_t bytes, pixels; /* of full size */
};

struct export
{
    const struct og_slide *slide;
    const struct og_slide_facts *facts;
    const struct og_export_options *options;
    struct og_export_target target;
    uint64_t families;     /* the first pieces, in Z order … */
    unsigned first_single; /* … then tile after tile from this depth on */
    uint64_t pixels_done;  /* this and the next are the calling thread's */
    struct og_exported *out;
};

struct worker {
    const struct export *e;
    struct og_rebuilder *rebuilder;
};

static uint64_t plan(struct export *e)
{
    uint64_t pieces = e->families = e->facts->residual ? og_pyramid_tiles(&e->facts->pyramid, 2) : 0;
    e->first_single = e->facts->residual ? 2 : 0;
    for (unsigned depth = e->first_single; depth <= e->target.last_depth; depth++)
        pieces += og_pyramid_tiles(&e->facts->pyramid, depth);
    return pieces;
}

static void release(void *item)
{
    struct piece *piece = item;
    for (unsigned i = 0; i < piece->count; i++)
        og_buf_unref(&piece->tile[i].bytes);
}

static void add_tile(const struct export *e, struct piece *piece, struct og_export_tile tile)
{
    struct og_extent size = og_pyramid_tile(&e->facts->pyramid, tile.depth, tile.x, tile.y);
    piece->tile[piece->count++] = tile;
    piece->bytes += tile.bytes->size;
    piece->pixels += tile.depth == 0 ? (uint64_t)size.width * size.height : 0;
}

static enum og_status make_family(const struct export *e, struct og_rebuilder *rebuilder, uint64_t index,
                                  struct piece *piece, struct og_error *err)
{
    struct og_cell at = og_zorder_cell(og_pyramid_grid(&e->facts->pyramid, 2), index);
    struct og_buf *tiles[OG_FAMILY_SLOTS];
    enum og_status status =
        og_rebuilder_family(rebuilder, e->slide, at.x, at.y, e->options->quality, e->target.kind->paged, tiles, err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS && status == OG_OK; slot++) {
        struct og_pyramid_place place = og_pyramid_of_slot(at.x, at.y, slot);
        if (tiles[slot] && place.depth <= e->target.last_depth)
            add_tile(e, piece, (struct og_export_tile){place.depth, place.x, place.y, tiles[slot]});
        else
            og_buf_unref(&tiles[slot]);
    }
    return status;
}

static enum og_status make_single(const struct export *e, struct og_rebuilder *rebuilder, uint64_t index,
                                  struct piece *piece, struct og_error *err)
{
    struct og_pyramid_place at = og_pyramid_nth(&e->facts->pyramid, e->first_single, index);
    struct og_export_tile tile = {.depth = at.depth, .x = at.x, .y = at.y};
    enum og_status status =
        e->target.kind->paged ? og_rebuilder_stored(rebuilder, e->slide, tile.depth, tile.x, tile.y, &tile.bytes, err)
                              : og_rebuilder_tile(rebuilder, e->slide, og_pyramid_level(&e->facts->pyramid, tile.depth),
                                                  tile.x, tile.y, e->options->quality, &tile.bytes, err);
    if (status == OG_OK)
        add_tile(e, piece, tile);
    return status;
}

static enum og_status join(void *context, void *worker, struct og_error *err)
{
    struct worker *w = worker;
    w->e = context;
    w->rebuilder = og_rebuilder_new();
    return w->rebuilder ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status make(void *worker, uint64_t index, void *item, struct og_error *err)
{
    struct worker *w = worker;
    const struct export *e = w->e;
    enum og_status status = index < e->families ? make_family(e, w->rebuilder, index, item, err)
                                                : make_single(e, w->rebuilder, index - e->families, item, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s", e->facts->id);
}

static void leave(void *worker)
{
    struct worker *w = worker;
    og_rebuilder_destroy(&w->rebuilder);
}

static enum og_status take(void *context, uint64_t index, void *item, struct og_error *err)
{
    struct export *e = context;
    const struct piece *piece = item;
    enum og_status status = OG_OK;
    (void)index;
    for (unsigned i = 0; i < piece->count && status == OG_OK; i++)
        status = e->target.kind->put(e->target.state, &piece->tile[i], err);
    e->out->tiles += piece->count;
    e->out->bytes += piece->bytes;
    e->pixels_done += piece->pixels;
    return status;
}

static bool watch(void *context)
{
    const struct export *e = context;
    uint64_t pixels = (uint64_t)e->facts->pyramid.width * e->facts->pyramid.height;
    uint64_t done = e->pixels_done < pixels ? e->pixels_done : pixels; /* tiles may overlap */
    return !e->options->watch || e->options->watch(e->options->context, done, pixels);
}

static bool ends_in(const char *path, const char *suffix)
{
    size_t length = strlen(path), tail = strlen(suffix);
    return length > tail && path[length - tail - 1] != '/' && strcmp(path + length - tail, suffix) == 0;
}

static enum og_status open_target(struct export *e, const char *path, struct og_error *err)
{
    if (ends_in(path, ".dzi"))
        return og_export_to_deepzoom(e->slide, path, &e->target, err);
    if (ends_in(path, ".tif") || ends_in(path, ".tiff"))
        return og_export_to_tiff(e->slide, path, e->options->quality, &e->target, err);
    return og_error_set(err, OG_INVALID, "%s: give a name that ends in .dzi or in .tif", path);
}

enum og_status og_export(const struct og_slide *slide, const char *path, const struct og_export_options *options,
                         struct og_exported *out, struct og_error *err)
{
    uint64_t began = og_clock_monotonic_ns();
    struct export e = {.slide = slide, .facts = og_slide_facts(slide), .options = options, .out = out};
    *out = (struct og_exported){0};
    enum og_status status = open_target(&e, path, err);
    if (status != OG_OK)
        return status;
    out->levels = e.target.last_depth + 1;
    struct og_parallel_work work = {.pieces = plan(&e),
                                    .worker_bytes = sizeof(struct worker),
                                    .item_bytes = sizeof(struct piece),
                                    .context = &e,
                                    .join = join,
                                    .make = make,
                                    .leave = leave,
                                    .take = take,
                                    .release = release,
                                    .watch = watch};
    status = og_parallel_run(&work, "export", options->threads, err);
    if (status == OG_OK)
        status = e.target.kind->finish(e.target.state, err);
    e.target.kind->destroy(e.target.state);
    out->seconds = (double)(og_clock_monotonic_ns() - began) / 1e9;
    return status;
}
