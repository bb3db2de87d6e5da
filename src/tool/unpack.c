/* SPDX-License-Identifier: MIT */
#include "tool/unpack.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

struct og_unpacker {
    const struct og_slide *slide;
    const struct og_kernels *kernels;
    struct og_jpeg_decoder *decoder;
    struct og_family *family;
    struct og_reader *reader;
    char reason[OG_FAMILY_SLOTS][160];
    uint8_t buffer[OG_SLIDE_BUFFER_BYTES];
};

enum og_status og_unpacker_new(const struct og_slide *slide, struct og_unpacker **out, struct og_error *err)
{
    struct og_unpacker *u = *out = calloc(1, sizeof *u);
    if (!u)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    u->slide = slide;
    u->kernels = og_kernels_choose();
    u->decoder = og_jpeg_decoder_new();
    u->family = og_family_new(false);
    enum og_status status = u->decoder && u->family ? og_reader_new(OG_READER_AUTO, &u->reader, err)
                                                    : og_error_set(err, OG_NO_MEMORY, "out of memory");
    if (status != OG_OK)
        og_unpacker_destroy(out);
    return status;
}

void og_unpacker_destroy(struct og_unpacker **unpacker)
{
    struct og_unpacker *u = *unpacker;
    *unpacker = NULL;
    if (!u)
        return;
    og_jpeg_decoder_destroy(&u->decoder);
    if (u->family)
        og_family_destroy(&u->family);
    og_reader_destroy(&u->reader);
    free(u);
}

static enum og_status decode(struct og_unpacker *u, uint32_t fx, uint32_t fy, unsigned slot,
                             const struct og_stored_family *stored, struct og_error *err)
{
    struct og_span stream = stored->stream[slot];
    if (slot == OG_SLOT_L2) {
        struct og_extent size = og_pyramid_tile(&og_slide_facts(u->slide)->pyramid, 2, fx, fy);
        return og_family_decode_base(u->family, u->decoder, stored->tables_base, stream, (int)size.width,
                                     (int)size.height, err);
    }
    return og_family_decode_residual(u->family, slot, u->decoder,
                                     slot < OG_SLOT_L0 ? stored->tables_l1 : stored->tables_l0, stream, err);
}

static void note_bad(struct og_unpacker *u, unsigned slot, const char *reason, struct og_unpacked *out)
{
    g_strlcpy(u->reason[slot], reason, sizeof u->reason[slot]);
    out->bad |= UINT32_C(1) << slot;
    out->reason[slot] = u->reason[slot];
}

static void unpack_slot(struct og_unpacker *u, uint32_t fx, uint32_t fy, unsigned slot,
                        const struct og_stored_family *stored, struct og_unpacked *out)
{
    struct og_error err;
    bool is_damaged = stored->damaged >> slot & 1, has_stream = stored->stream[slot].size > 0;
    out->streams += is_damaged || has_stream;
    out->bytes += stored->stream[slot].size;
    if (is_damaged)
        note_bad(u, slot, stored->reason, out);
    else if (has_stream && decode(u, fx, fy, slot, stored, &err) != OG_OK)
        note_bad(u, slot, err.text, out);
    else if (slot != OG_SLOT_L2)
        og_family_rebuild(u->family, u->kernels, og_slide_facts(u->slide)->predictor, slot, has_stream);
}

enum og_status og_unpack_family(struct og_unpacker *u, uint32_t fx, uint32_t fy, struct og_unpacked *out,
                                struct og_error *err)
{
    struct og_stored_family stored;
    *out = (struct og_unpacked){.family = u->family};
    enum og_status status = og_slide_read_family(u->slide, u->reader, fx, fy, u->buffer, &stored, err);
    if (status != OG_OK)
        return status;
    uint32_t inside = og_pyramid_slots(&og_slide_facts(u->slide)->pyramid, fx, fy);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if ((inside | OG_SLOTS_L1) >> slot & 1)
            unpack_slot(u, fx, fy, slot, &stored, out);
    return OG_OK;
}

enum og_status og_unpack_stored(struct og_unpacker *u, unsigned depth, uint32_t x, uint32_t y,
                                struct og_plane planes[3], uint64_t *bytes, struct og_error *err)
{
    struct og_stored_tile tile;
    enum og_status status = og_slide_read_stored(u->slide, u->reader, depth, x, y, u->buffer, &tile, err);
    if (status != OG_OK)
        return status;
    *bytes = tile.stream.size;
    memcpy(planes, u->family->base, sizeof u->family->base);
    struct og_extent size = og_pyramid_tile(&og_slide_facts(u->slide)->pyramid, depth, x, y);
    status = tile.tables.size
                 ? og_jpeg_decode(u->decoder, tile.tables, tile.stream, 3, planes, err)
                 : og_jpeg_decode_foreign(u->decoder, tile.stream, 3, planes, (int)size.width, (int)size.height, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "L%u tile %u,%u", depth, x, y);
}

void og_unpacked_tile(const struct og_unpacked *unpacked, unsigned slot, struct og_plane planes[3], bool *chroma_halved)
{
    *chroma_halved = slot != OG_SLOT_L2;
    if (slot == OG_SLOT_L2) {
        memcpy(planes, unpacked->family->base, sizeof unpacked->family->base);
        return;
    }
    planes[0] = og_family_luma(unpacked->family, slot);
    og_family_chroma(unpacked->family, slot, planes + 1);
}
