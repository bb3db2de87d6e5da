/* SPDX-License-Identifier: MIT */
#include "tool/unpack.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

struct og_unpacker {
    const struct og_kernels *kernels;
    struct og_jpeg_decoder *decoder;
    struct og_family *family;
    struct og_reader *reader;
    char reason[OG_FAMILY_SLOTS][160];
    uint8_t buffer[OG_SLIDE_BUFFER_BYTES];
};

enum og_status og_unpacker_new(struct og_unpacker **out, struct og_error *err)
{
    struct og_unpacker *u = *out = calloc(1, sizeof *u);
    if (!u)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    u->kernels = og_kernels_choose();
    u->decoder = og_jpeg_decoder_new(u->kernels);
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

static void note_bad(struct og_unpacker *u, unsigned slot, enum og_status status, const char *reason,
                     struct og_unpacked *out)
{
    g_strlcpy(u->reason[slot], reason, sizeof u->reason[slot]);
    out->bad |= UINT32_C(1) << slot;
    out->status[slot] = status;
    out->reason[slot] = u->reason[slot];
}

static enum og_status unpack_slot(struct og_unpacker *u, struct og_extent base, unsigned slot,
                                  const struct og_stored_family *stored, struct og_unpacked *out, struct og_error *err)
{
    bool is_damaged = stored->damaged >> slot & 1, has_stream = stored->stream[slot].size > 0;
    enum og_status status = OG_OK;
    out->streams += is_damaged || has_stream;
    out->bytes += stored->stream[slot].size;
    if (is_damaged)
        status = og_error_set(err, OG_DAMAGED, "%s", stored->reason);
    else if (has_stream)
        status = og_family_decode(u->family, slot, u->decoder, stored->tables[og_slot_place(slot).depth],
                                  stored->stream[slot], (int)base.width, (int)base.height, err);
    if (status == OG_NO_MEMORY)
        return status;
    if (status != OG_OK)
        note_bad(u, slot, status, err->text, out);
    else if (slot != OG_SLOT_L2)
        og_family_rebuild(u->family, u->kernels, slot, has_stream);
    return OG_OK;
}

enum og_status og_unpack_family(struct og_unpacker *u, const struct og_slide *slide, uint32_t fx, uint32_t fy,
                                uint32_t wanted, struct og_unpacked *out, struct og_error *err)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    struct og_stored_family stored;
    *out = (struct og_unpacked){.family = u->family};
    u->family->prediction = facts->prediction;
    enum og_status status = og_slide_read_family(slide, u->reader, fx, fy, u->buffer, &stored, err);
    if (status != OG_OK)
        return status;
    struct og_extent base = og_pyramid_tile(&facts->pyramid, 2, fx, fy);
    uint32_t inside = og_pyramid_slots(&facts->pyramid, fx, fy) & wanted, closure = 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        closure |= inside >> slot & 1 ? og_slot_closure(slot) : 0;
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS && status == OG_OK; slot++)
        if (closure >> slot & 1)
            status = unpack_slot(u, base, slot, &stored, out, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "family %u,%u", fx, fy);
}

enum og_status og_unpacker_read(struct og_unpacker *u, const struct og_slide *slide, unsigned depth, uint32_t x,
                                uint32_t y, struct og_stored_tile *out, struct og_error *err)
{
    return og_slide_read_stored(slide, u->reader, depth, x, y, u->buffer, out, err);
}

enum og_status og_unpack_stored(struct og_unpacker *u, const struct og_slide *slide, unsigned depth, uint32_t x,
                                uint32_t y, struct og_plane planes[3], uint64_t *bytes, struct og_error *err)
{
    struct og_stored_tile tile;
    enum og_status status = og_unpacker_read(u, slide, depth, x, y, &tile, err);
    if (status != OG_OK)
        return status;
    *bytes = tile.stream.size;
    memcpy(planes, u->family->base, sizeof u->family->base);
    struct og_extent size = og_pyramid_tile(&og_slide_facts(slide)->pyramid, depth, x, y);
    status =
        og_family_decode_base(u->family, u->decoder, tile.tables, tile.stream, (int)size.width, (int)size.height, err);
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
