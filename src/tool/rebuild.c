/* SPDX-License-Identifier: MIT */
#include "tool/rebuild.h"

#include <stdlib.h>

#include "image/jpeg.h"
#include "image/shrink.h"
#include "tool/unpack.h"

struct og_rebuilder {
    const struct og_kernels *kernels;
    struct og_jpeg_decoder *decoder; /* of tiles that are made from the smallest stored one */
    struct og_jpeg_encoder *encoder;
    struct og_unpacker *unpacker;
};

struct request {
    const struct og_slide *slide;
    const struct og_slide_facts *facts;
    unsigned depth;
    uint32_t x, y;
    int quality;
};

struct og_rebuilder *og_rebuilder_new(void)
{
    struct og_rebuilder *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    r->kernels = og_kernels_choose();
    r->decoder = og_jpeg_decoder_new(r->kernels);
    r->encoder = og_jpeg_encoder_new();
    struct og_error ignored;
    if (og_unpacker_new(&r->unpacker, &ignored) != OG_OK || !r->decoder || !r->encoder)
        og_rebuilder_destroy(&r);
    return r;
}

void og_rebuilder_destroy(struct og_rebuilder **rebuilder)
{
    struct og_rebuilder *r = *rebuilder;
    *rebuilder = NULL;
    if (!r)
        return;
    og_jpeg_decoder_destroy(&r->decoder);
    og_jpeg_encoder_destroy(&r->encoder);
    og_unpacker_destroy(&r->unpacker);
    free(r);
}

static enum og_status keep(struct og_span span, struct og_buf **out, struct og_error *err)
{
    *out = og_buf_copy(span.data, span.size);
    return *out ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static enum og_status stored_tile(struct og_rebuilder *r, const struct request *q, struct og_buf **out,
                                  struct og_error *err)
{
    struct og_stored_tile tile;
    enum og_status status = og_unpacker_read(r->unpacker, q->slide, q->depth, q->x, q->y, &tile, err);
    if (status != OG_OK)
        return status;
    struct og_extent size = og_pyramid_tile(&q->facts->pyramid, q->depth, q->x, q->y);
    return og_jpeg_finish(tile.tables, tile.stream, tile.may_be_full, (int)size.width, (int)size.height, out, err);
}

static enum og_status shrunk_tile(struct og_rebuilder *r, const struct request *q, struct og_buf **out,
                                  struct og_error *err)
{
    struct og_stored_tile tile;
    unsigned last = q->facts->last_depth;
    enum og_status status = og_unpacker_read(r->unpacker, q->slide, last, 0, 0, &tile, err);
    if (status != OG_OK)
        return status;
    struct og_extent size = og_pyramid_tile(&q->facts->pyramid, last, 0, 0);
    struct og_span stream;
    status = og_shrink(r->kernels, r->decoder, r->encoder, tile.tables, tile.stream, (int)size.width, (int)size.height,
                       q->depth - last, q->quality, &stream, err);
    return status == OG_OK ? keep(stream, out, err) : status;
}

/* In the daemon's words: which of the family's tiles it is, as a viewer would ask for it. */
static enum og_status name_slot(const struct request *q, unsigned slot, struct og_error *err)
{
    unsigned shift = 2 - q->depth;
    struct og_pyramid_place place = og_pyramid_of_slot(q->x >> shift, q->y >> shift, slot);
    return og_error_prefix(err, "L%u tile %u,%u (level %u)", place.depth, place.x, place.y,
                           og_pyramid_level(&q->facts->pyramid, place.depth));
}

static enum og_status unpack(struct og_rebuilder *r, const struct request *q, uint32_t wanted, struct og_unpacked *out,
                             struct og_error *err)
{
    unsigned shift = 2 - q->depth;
    enum og_status status = og_unpack_family(r->unpacker, q->slide, q->x >> shift, q->y >> shift, wanted, out, err);
    if (status != OG_OK || !out->bad)
        return status;
    unsigned slot = (unsigned)__builtin_ctz(out->bad);
    og_error_set(err, out->status[slot], "%s", out->reason[slot]);
    return name_slot(q, slot, err);
}

static enum og_status encode_served(struct og_rebuilder *r, const struct request *q, const struct og_family *family,
                                    unsigned slot, struct og_buf **out, struct og_error *err)
{
    struct og_extent size = og_pyramid_tile(&q->facts->pyramid, q->depth, q->x, q->y);
    struct og_span stream;
    enum og_status status =
        og_family_encode(family, slot, r->encoder, q->quality, (int)size.width, (int)size.height, &stream, err);
    return status == OG_OK ? keep(stream, out, err) : status;
}

static enum og_status rebuilt_tile(struct og_rebuilder *r, const struct request *q, struct og_buf **out,
                                   struct og_error *err)
{
    unsigned shift = 2 - q->depth;
    struct og_place place = {q->depth, q->x - (q->x >> shift << shift), q->y - (q->y >> shift << shift)};
    unsigned wanted = og_place_slot(place);
    struct og_unpacked family;
    enum og_status status = unpack(r, q, UINT32_C(1) << wanted, &family, err);
    return status == OG_OK ? encode_served(r, q, family.family, wanted, out, err) : status;
}

static struct og_jpeg_recipe paged_recipe(int quality)
{
    return (struct og_jpeg_recipe){.components = 3, .chroma_halved = true, .abbreviated = true, .quality = quality};
}

static enum og_status encode_paged(struct og_rebuilder *r, int quality, const struct og_family *family, unsigned slot,
                                   struct og_buf **out, struct og_error *err)
{
    struct og_jpeg_recipe recipe = paged_recipe(quality);
    struct og_plane planes[3] = {og_family_luma(family, slot)};
    struct og_span stream;
    og_family_chroma(family, slot, planes + 1);
    enum og_status status = og_jpeg_encode(r->encoder, &recipe, planes, OG_TILE_SIZE, OG_TILE_SIZE, &stream, err);
    return status == OG_OK ? keep(stream, out, err) : status;
}

enum og_status og_rebuilder_family(struct og_rebuilder *r, const struct og_slide *slide, uint32_t fx, uint32_t fy,
                                   int quality, bool paged, struct og_buf *out[OG_FAMILY_SLOTS], struct og_error *err)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    struct request q = {slide, facts, 2, fx, fy, quality};
    uint32_t wanted = og_pyramid_slots(&facts->pyramid, fx, fy) & (OG_SLOTS_L1 | OG_SLOTS_L0);
    struct og_unpacked family;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        out[slot] = NULL;
    enum og_status status = unpack(r, &q, wanted, &family, err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS && status == OG_OK; slot++) {
        struct og_pyramid_place place = og_pyramid_of_slot(fx, fy, slot);
        struct request tile = {slide, facts, place.depth, place.x, place.y, quality};
        if (wanted & (UINT32_C(1) << slot))
            status = paged ? encode_paged(r, quality, family.family, slot, &out[slot], err)
                           : encode_served(r, &tile, family.family, slot, &out[slot], err);
    }
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS && status != OG_OK; slot++)
        og_buf_unref(&out[slot]);
    return status;
}

enum og_status og_rebuilder_stored(struct og_rebuilder *r, const struct og_slide *slide, unsigned depth, uint32_t x,
                                   uint32_t y, struct og_buf **out, struct og_error *err)
{
    struct og_stored_tile tile;
    *out = NULL;
    enum og_status status = og_unpacker_read(r->unpacker, slide, depth, x, y, &tile, err);
    return status == OG_OK ? keep(tile.stream, out, err) : status;
}

enum og_status og_rebuilder_tables(struct og_rebuilder *r, const struct og_slide *slide, unsigned depth, int quality,
                                   struct og_buf **out, struct og_error *err)
{
    struct og_jpeg_recipe recipe = paged_recipe(quality);
    struct og_stored_tile tile;
    struct og_span tables;
    bool is_stored = depth >= 2;
    enum og_status status = is_stored ? og_unpacker_read(r->unpacker, slide, depth, 0, 0, &tile, err)
                                      : og_jpeg_encode_tables(r->encoder, &recipe, &tables, err);
    *out = NULL;
    return status == OG_OK ? keep(is_stored ? tile.tables : tables, out, err) : status;
}

static enum og_status refuse_place(const struct og_pyramid *pyramid, uint32_t level, uint32_t x, uint32_t y,
                                   struct og_error *err)
{
    if (level > pyramid->top)
        return og_error_set(err, OG_NOT_FOUND, "no level %u: there are 0 to %u", level, pyramid->top);
    struct og_extent grid = og_pyramid_grid(pyramid, pyramid->top - level);
    return og_error_set(err, OG_NOT_FOUND, "no tile %u, %u at level %u: there are columns 0 to %u and rows 0 to %u", x,
                        y, level, grid.width - 1, grid.height - 1);
}

enum og_status og_rebuilder_tile(struct og_rebuilder *r, const struct og_slide *slide, uint32_t level, uint32_t x,
                                 uint32_t y, int quality, struct og_buf **out, struct og_error *err)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    *out = NULL;
    if (!og_pyramid_has(&facts->pyramid, level, x, y))
        return refuse_place(&facts->pyramid, level, x, y, err);
    struct request q = {slide, facts, facts->pyramid.top - level, x, y, quality};
    enum og_status status = q.depth > facts->last_depth      ? shrunk_tile(r, &q, out, err)
                            : facts->residual && q.depth < 2 ? rebuilt_tile(r, &q, out, err)
                                                             : stored_tile(r, &q, out, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "level %u, tile %u, %u", level, x, y);
}
