/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tiff_page.h"
#include "tool/outfile.h"
#include "writer_index.h"

struct pages {
    const struct og_index *index;
    const struct og_description *description;
    const char *text; /* the description as page 0 carries it */
    uint32_t seal;
    TIFF *tiff;
    uint8_t *packed; /* records of the page under work */
};

static const TIFFFieldInfo private_fields[] = {
    {OG_TAG_RECORDS, TIFF_VARIABLE2, TIFF_VARIABLE2, TIFF_UNDEFINED, FIELD_CUSTOM, 1, 1, (char *)"OrigamiRecords"},
    {OG_TAG_SEAL, 1, 1, TIFF_LONG, FIELD_CUSTOM, 1, 0, (char *)"OrigamiSeal"},
};

static struct og_span table_span(const struct og_plan *plan, unsigned depth)
{
    return (struct og_span){plan->tables[depth]->data, plan->tables[depth]->size};
}

static unsigned recipe_of(unsigned base_page)
{
    return base_page == 0 ? 2 : OG_PLAN_COARSER;
}

static uint32_t make_seal(const struct og_index *index, const char *text)
{
    struct og_span tables[OG_PROFILE_PAGES_MAX];
    for (unsigned page = 0; page < index->base_pages; page++)
        tables[page] = table_span(index->plan, recipe_of(page));
    tables[index->base_pages] = table_span(index->plan, 1);
    tables[index->base_pages + 1] = table_span(index->plan, 0);
    struct og_span description = {(const uint8_t *)text, strlen(text)};
    return og_profile_seal(&index->plan->pyramid, tables, index->base_pages + 2, description);
}

static bool set_layout(struct pages *s, unsigned depth, unsigned recipe)
{
    /* libtiff forgets private fields with each directory */
    return TIFFMergeFieldInfo(s->tiff, private_fields, 2) == 0 &&
           og_tiff_set_tiles(s->tiff, og_pyramid_size(&s->index->plan->pyramid, depth),
                             table_span(s->index->plan, recipe));
}

static bool set_grey(TIFF *tiff)
{
    return TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, 0) && TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1) &&
           TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
}

static bool set_resolution(struct pages *s, unsigned depth)
{
    return og_tiff_set_resolution(s->tiff, s->description->mpp_x, s->description->mpp_y, depth);
}

static bool set_identity(struct pages *s)
{
    return TIFFSetField(s->tiff, TIFFTAG_IMAGEDESCRIPTION, s->text) &&
           TIFFSetField(s->tiff, TIFFTAG_SOFTWARE, "Origami " OG_VERSION) &&
           TIFFSetField(s->tiff, OG_TAG_SEAL, s->seal);
}

static bool set_records(struct pages *s, unsigned page)
{
    const struct og_index *index = s->index;
    uint64_t n = og_pyramid_tiles(&index->plan->pyramid, 2 + page);
    unsigned slots = page == 0 ? OG_FAMILY_SLOTS : 1;
    size_t bytes = OG_RECORD_BYTES(slots);
    free(s->packed);
    assert(n * bytes <= INT32_MAX);
    s->packed = malloc(n * bytes);
    if (!s->packed)
        return false;
    for (uint64_t i = 0; i < n; i++) {
        struct og_record single = {0};
        if (page) {
            const struct og_tile_entry *tile = &index->coarse[page][i];
            single = (struct og_record){.offset = tile->offset, .length = {tile->length}, .crc = {tile->crc}};
        }
        og_record_pack(page ? &single : &index->families[i], slots, s->seal, page, i, s->packed + i * bytes);
    }
    return TIFFSetField(s->tiff, OG_TAG_RECORDS, (uint32_t)(n * bytes), s->packed);
}

static void family_arrays(const struct og_index *index, unsigned depth, uint64_t *offsets, uint64_t *lengths)
{
    struct og_extent grid = og_pyramid_grid(&index->plan->pyramid, depth);
    struct og_extent families = og_pyramid_grid(&index->plan->pyramid, 2);
    unsigned shift = 2 - depth;
    for (uint32_t y = 0; y < grid.height; y++)
        for (uint32_t x = 0; x < grid.width; x++) {
            const struct og_record *r = &index->families[(uint64_t)(y >> shift) * families.width + (x >> shift)];
            struct og_place place = {depth, x - (x >> shift << shift), y - (y >> shift << shift)};
            unsigned slot = og_place_slot(place);
            uint64_t at = (uint64_t)y * grid.width + x;
            lengths[at] = r->length[slot];
            offsets[at] = r->length[slot] ? r->offset : 0;
            for (unsigned before = 0; before < slot && offsets[at]; before++)
                offsets[at] += r->length[before];
        }
}

static bool write_arrays(struct pages *s, unsigned depth)
{
    uint64_t *offsets, *lengths;
    if (!og_tiff_arrays(s->tiff, &offsets, &lengths))
        return false;
    if (depth <= 2) {
        family_arrays(s->index, depth, offsets, lengths);
    } else {
        uint64_t n = og_pyramid_tiles(&s->index->plan->pyramid, depth);
        for (uint64_t i = 0; i < n; i++) {
            offsets[i] = s->index->coarse[depth - 2][i].offset;
            lengths[i] = s->index->coarse[depth - 2][i].length;
        }
    }
    return TIFFWriteDirectory(s->tiff) == 1;
}

static bool write_residuals(struct pages *s, unsigned depth, const char *name)
{
    bool grey = s->index->plan->coding[depth].components == 1;
    return set_layout(s, depth, depth) && (grey ? set_grey(s->tiff) : og_tiff_set_colour(s->tiff, false, 1)) &&
           TIFFSetField(s->tiff, TIFFTAG_PAGENAME, name) && set_resolution(s, depth) && write_arrays(s, depth);
}

static bool write_pages(struct pages *s)
{
    for (unsigned page = 0; page < s->index->base_pages; page++)
        if (!set_layout(s, 2 + page, recipe_of(page)) || !og_tiff_set_colour(s->tiff, page > 0, 1) ||
            !set_resolution(s, 2 + page) || (page == 0 && !set_identity(s)) || !set_records(s, page) ||
            !write_arrays(s, 2 + page))
            return false;
    return write_residuals(s, 1, "L1 residual") && write_residuals(s, 0, "L0 residual");
}

enum og_status og_index_write(const struct og_index *index, int fd, const char *path,
                              const struct og_description *description, struct og_error *err)
{
    char *text = og_description_print(description);
    if (!text)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory for the description", path);
    struct pages s = {.index = index, .description = description, .text = text, .seal = make_seal(index, text)};
    errno = 0;
    s.tiff = TIFFFdOpen(fd, path, "w8l");
    bool whole = s.tiff && write_pages(&s);
    int error = errno;
    if (s.tiff)
        TIFFCleanup(s.tiff); /* the descriptor stays open */
    free(s.packed);
    free(text);
    return whole ? OG_OK : og_outfile_error(path, "write the directories", error ? error : ENOMEM, err);
}
