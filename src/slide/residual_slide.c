/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/key.h"
#include "slide/file.h"
#include "slide/profile.h"
#include "slide_format.h"
#include "tiff_directory.h"

enum {
    TIFF_JPEG = 7,
    TIFF_GREY = 1,
    TIFF_YCBCR = 6,
    DESCRIPTION_MAX = 1 << 20,
    TABLES_MAX = 1 << 16,
};

static_assert(OG_FAMILY_BYTES_MAX <= OG_SLIDE_BUFFER_BYTES, "a family fits the caller's buffer");

struct residual_slide {
    struct og_file file;
    struct og_pyramid pyramid;
    uint32_t seal;
    bool corrects_chroma; /* L1's residuals have three components */
    unsigned pages;       /* base pages, then L1, then L0 */
    struct og_buf *tables[OG_PROFILE_PAGES_MAX];
    uint64_t records_at[OG_PROFILE_PAGES_MAX];
};

static unsigned page_depth(unsigned page, unsigned pages)
{
    return page + 2 < pages ? page + 2 : pages - 1 - page;
}

static struct og_span span_of(const struct og_buf *buf)
{
    return (struct og_span){buf->data, buf->size};
}

/* Tables and tiles are put together by cutting SOI and EOI off: a right checksum does not say that these are there. */
static bool is_framed(struct og_span jpeg)
{
    return jpeg.size >= 4 && jpeg.data[0] == 0xff && jpeg.data[1] == 0xd8 && jpeg.data[jpeg.size - 2] == 0xff &&
           jpeg.data[jpeg.size - 1] == 0xd9;
}

static enum og_status read_blob(const struct og_file *file, struct og_tiff_blob blob, uint64_t most, const char *what,
                                struct og_buf **out, struct og_error *err)
{
    if (blob.size == 0 || blob.size > most)
        return og_error_set(err, OG_DAMAGED, "%s: missing or too large", what);
    *out = og_buf_new((size_t)blob.size);
    if (!*out)
        return og_error_set(err, OG_NO_MEMORY, "out of memory for the %s", what);
    enum og_status status = og_file_read(file, blob.offset, (*out)->data, (*out)->size, err);
    if (status != OG_OK)
        og_buf_unref(out);
    return status;
}

static bool is_colour(const struct residual_slide *slide, unsigned depth)
{
    return depth >= 2 || (depth == 1 && slide->corrects_chroma);
}

static bool page_is_right(const struct og_tiff_page *page, const struct residual_slide *slide, unsigned depth)
{
    const struct og_pyramid *pyramid = &slide->pyramid;
    struct og_extent size = og_pyramid_size(pyramid, depth), grid = og_pyramid_grid(pyramid, depth);
    bool base = depth >= 2, colour = is_colour(slide, depth);
    uint64_t records =
        base ? (uint64_t)grid.width * grid.height * OG_RECORD_BYTES(depth == 2 ? OG_FAMILY_SLOTS : 1) : 0;
    return page->width == size.width && page->height == size.height && page->tile_width == pyramid->tile &&
           page->tile_height == pyramid->tile && page->compression == TIFF_JPEG && page->eight_bits &&
           page->samples == (colour ? 3 : 1) && page->photometric == (colour ? TIFF_YCBCR : TIFF_GREY) &&
           (!colour || (page->subsampling[0] == 1 && page->subsampling[1] == 1)) && page->records.size == records;
}

static enum og_status take_pages(struct residual_slide *slide, const struct og_tiff_page *pages, unsigned count,
                                 struct og_error *err)
{
    slide->pages = og_profile_base_pages(&slide->pyramid) + 2;
    if (count < slide->pages)
        return og_error_set(err, OG_DAMAGED, "%u pages where the size demands %u", count, slide->pages);
    for (unsigned i = 0; i < slide->pages; i++) {
        if (!page_is_right(&pages[i], slide, page_depth(i, slide->pages)))
            return og_error_set(err, OG_DAMAGED, "page %u is not what the slide's size and description demand", i);
        enum og_status status =
            read_blob(&slide->file, pages[i].tables, TABLES_MAX, "JPEG tables", &slide->tables[i], err);
        if (status == OG_OK && !is_framed(span_of(slide->tables[i])))
            status = og_error_set(err, OG_DAMAGED, "JPEG tables: not a JPEG stream");
        if (status != OG_OK)
            return og_error_prefix(err, "page %u", i);
        slide->records_at[i] = pages[i].records.offset;
    }
    return OG_OK;
}

static enum og_status check_seal(struct residual_slide *slide, const struct og_tiff_page *first,
                                 const struct og_buf *description, struct og_error *err)
{
    struct og_span tables[OG_PROFILE_PAGES_MAX];
    for (unsigned i = 0; i < slide->pages; i++)
        tables[i] = span_of(slide->tables[i]);
    slide->seal = og_profile_seal(&slide->pyramid, tables, slide->pages, span_of(description));
    if (!first->has_seal || first->seal != slide->seal)
        return og_error_set(err, OG_DAMAGED, "the seal over sizes, tables and description does not match");
    return OG_OK;
}

static enum og_status open_slide(struct residual_slide *slide, int directory, const char *name,
                                 struct og_slide_facts *facts, struct og_buf **description, struct og_error *err)
{
    struct og_tiff_page pages[OG_PROFILE_PAGES_MAX];
    unsigned count;
    enum og_status status = og_file_open(directory, name, &slide->file, err);
    if (status != OG_OK)
        return status;
    status = og_tiff_read_pages(&slide->file, pages, OG_PROFILE_PAGES_MAX, &count, err);
    if (status != OG_OK)
        return status;
    if (count == 0 || !pages[0].has_seal)
        return og_error_set(err, OG_UNSUPPORTED, "not an Origami slide (a BigTIFF without our seal)");
    status = read_blob(&slide->file, pages[0].description, DESCRIPTION_MAX, "description", description, err);
    if (status != OG_OK)
        return status;
    size_t length = (*description)->size - ((*description)->data[(*description)->size - 1] == '\0');
    status = og_description_parse((const char *)(*description)->data, length, &facts->description, err);
    if (status != OG_OK)
        return status;
    if (!og_pyramid_make(facts->description.width, facts->description.height, OG_TILE_SIZE, 0, &slide->pyramid))
        return og_error_set(err, OG_UNSUPPORTED, "a size that this version cannot read");
    slide->corrects_chroma = facts->description.encoder.chroma_step > 0;
    status = take_pages(slide, pages, count, err);
    if (status != OG_OK)
        return status;
    (*description)->size = length;
    return check_seal(slide, &pages[0], *description, err);
}

/*
 * The description names the source by its digest, the settings, and the bytes and the fidelity of each level: slides of
 * other pixels say something else there. The seal vouches for it, so damage makes no other generation; and 32 bits of
 * seal alone would be few.
 */
static uint64_t generation_of(const struct residual_slide *slide, const struct og_buf *description)
{
    uint64_t hash = og_key_mix(slide->seal, slide->file.size);
    for (size_t at = 0; at < description->size; at += sizeof hash) {
        size_t left = description->size - at;
        uint64_t word = 0;
        for (size_t i = 0; i < left && i < sizeof word; i++)
            word |= (uint64_t)description->data[at + i] << (8 * i);
        hash = og_key_mix(hash, word);
    }
    return hash;
}

static void residual_close(void *state)
{
    struct residual_slide *slide = state;
    for (unsigned i = 0; i < OG_PROFILE_PAGES_MAX; i++)
        og_buf_unref(&slide->tables[i]);
    og_file_close(&slide->file);
    free(slide);
}

static enum og_status residual_open(int directory, const char *name, struct og_slide_facts *facts, void **state,
                                    struct og_error *err)
{
    struct residual_slide *slide = calloc(1, sizeof *slide);
    if (!slide)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    slide->file.fd = -1;
    struct og_buf *description = NULL;
    enum og_status status = open_slide(slide, directory, name, facts, &description, err);
    if (status == OG_OK)
        facts->generation = generation_of(slide, description);
    og_buf_unref(&description);
    if (status != OG_OK) {
        residual_close(slide);
        return status;
    }
    facts->pyramid = slide->pyramid;
    facts->file_bytes = slide->file.size;
    facts->residual = true;
    facts->prediction = (struct og_prediction){OG_PREDICTOR_TAPS, facts->description.tuning, slide->corrects_chroma};
    facts->last_depth = og_pyramid_last_depth(&slide->pyramid);
    *state = slide;
    return OG_OK;
}

static enum og_status read_record(struct residual_slide *slide, struct og_reader *reader, unsigned page, uint32_t x,
                                  uint32_t y, struct og_record *out, struct og_error *err)
{
    unsigned slots = page == 0 ? OG_FAMILY_SLOTS : 1;
    uint64_t index = (uint64_t)y * og_pyramid_grid(&slide->pyramid, page + 2).width + x;
    uint8_t bytes[OG_RECORD_BYTES_MAX];
    size_t size = OG_RECORD_BYTES(slots);
    enum og_status status =
        og_reader_read(reader, &slide->file, slide->records_at[page] + index * size, bytes, size, err);
    if (status == OG_OK && !og_record_unpack(bytes, slots, slide->seal, page, index, out))
        status = og_error_set(err, OG_DAMAGED, "the index entry's checksum does not match");
    if (status == OG_OK && (out->length[OG_SLOT_L2] == 0 || out->length[OG_SLOT_L2] > OG_COLOUR_BYTES_MAX))
        status = og_error_set(err, OG_DAMAGED, "the index entry's lengths are impossible");
    for (unsigned i = 1; status == OG_OK && i < slots; i++)
        if (out->length[i] > (is_colour(slide, og_slot_place(i).depth) ? OG_COLOUR_BYTES_MAX : OG_GREY_BYTES_MAX))
            status = og_error_set(err, OG_DAMAGED, "the index entry's lengths are impossible");
    return status == OG_OK ? OG_OK : og_error_prefix(err, "L%u tile %u,%u", page + 2, x, y);
}

static enum og_status residual_read_stored(void *state, struct og_reader *reader, unsigned depth, uint32_t x,
                                           uint32_t y, uint8_t *buffer, struct og_stored_tile *out,
                                           struct og_error *err)
{
    struct residual_slide *slide = state;
    struct og_record record;
    enum og_status status = read_record(slide, reader, depth - 2, x, y, &record, err);
    if (status != OG_OK)
        return status;
    uint32_t length = record.length[OG_SLOT_L2];
    status = og_reader_read(reader, &slide->file, record.offset, buffer, length, err);
    if (status == OG_OK && og_crc32c(0, buffer, length) != record.crc[OG_SLOT_L2])
        status = og_error_set(err, OG_DAMAGED, "the tile's checksum does not match");
    if (status == OG_OK && !is_framed((struct og_span){buffer, length}))
        status = og_error_set(err, OG_DAMAGED, "the tile is not a JPEG stream");
    if (status != OG_OK)
        return og_error_prefix(err, "L%u tile %u,%u", depth, x, y);
    *out = (struct og_stored_tile){.tables = span_of(slide->tables[depth - 2]), .stream = {buffer, length}};
    return OG_OK;
}

static size_t family_bytes(const struct og_record *record)
{
    size_t size = 0;
    for (unsigned i = 0; i < OG_FAMILY_SLOTS; i++)
        size += record->length[i];
    return size;
}

static enum og_status residual_read_family(void *state, struct og_reader *reader, uint32_t fx, uint32_t fy,
                                           uint8_t *buffer, struct og_stored_family *out, struct og_error *err)
{
    struct residual_slide *slide = state;
    struct og_record record;
    enum og_status status = read_record(slide, reader, 0, fx, fy, &record, err);
    if (status != OG_OK)
        return status;
    status = og_reader_read(reader, &slide->file, record.offset, buffer, family_bytes(&record), err);
    if (status != OG_OK)
        return og_error_prefix(err, "family %u,%u", fx, fy);

    *out = (struct og_stored_family){.reason = "the checksum does not match"};
    out->tables[2] = span_of(slide->tables[0]);
    out->tables[1] = span_of(slide->tables[slide->pages - 2]);
    out->tables[0] = span_of(slide->tables[slide->pages - 1]);
    uint32_t inside = og_pyramid_slots(&slide->pyramid, fx, fy);
    for (unsigned i = 0; i < OG_FAMILY_SLOTS; buffer += record.length[i++]) {
        if (record.length[i] == 0 || !(inside >> i & 1))
            continue;
        struct og_span stream = {buffer, record.length[i]};
        if (og_crc32c(0, stream.data, stream.size) == record.crc[i] && is_framed(stream))
            out->stream[i] = stream;
        else
            out->damaged |= UINT32_C(1) << i;
    }
    return OG_OK;
}

static bool residual_prefetch_stored(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y)
{
    struct residual_slide *slide = state;
    struct og_record record;
    struct og_error unheard;
    if (read_record(slide, reader, depth - 2, x, y, &record, &unheard) != OG_OK)
        return false;
    og_reader_ahead(reader, &slide->file, record.offset, record.length[OG_SLOT_L2]);
    return true;
}

static bool residual_prefetch_family(void *state, struct og_reader *reader, uint32_t fx, uint32_t fy)
{
    struct residual_slide *slide = state;
    struct og_record record;
    struct og_error unheard;
    if (read_record(slide, reader, 0, fx, fy, &record, &unheard) != OG_OK)
        return false;
    og_reader_ahead(reader, &slide->file, record.offset, family_bytes(&record));
    return true;
}

static void survey_family(const struct og_record *record, uint32_t slots, struct og_survey *out)
{
    for (unsigned i = 0; i < OG_FAMILY_SLOTS; i++) {
        if (!(slots >> i & 1))
            continue;
        unsigned depth = og_slot_place(i).depth;
        out->depth[depth].tiles++;
        out->depth[depth].absent += record->length[i] == 0;
        out->depth[depth].bytes += record->length[i];
    }
}

static enum og_status residual_survey(void *state, struct og_reader *reader, struct og_survey *out,
                                      struct og_error *err)
{
    struct residual_slide *slide = state;
    *out = (struct og_survey){0};
    for (unsigned page = 0; page + 2 < slide->pages; page++) {
        struct og_extent grid = og_pyramid_grid(&slide->pyramid, page + 2);
        for (uint32_t y = 0; y < grid.height; y++)
            for (uint32_t x = 0; x < grid.width; x++) {
                struct og_record record;
                enum og_status status = read_record(slide, reader, page, x, y, &record, err);
                if (status != OG_OK)
                    return status;
                survey_family(&record, page == 0 ? og_pyramid_slots(&slide->pyramid, x, y) : 1, out);
            }
    }
    return OG_OK;
}

const struct og_slide_format og_residual_format = {
    .name = "origami",
    .suffix = ".tif",
    .open = residual_open,
    .read_stored = residual_read_stored,
    .read_family = residual_read_family,
    .prefetch_stored = residual_prefetch_stored,
    .prefetch_family = residual_prefetch_family,
    .survey = residual_survey,
    .close = residual_close,
};
