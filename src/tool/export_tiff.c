/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "export_target.h"
#include "tiff_page.h"
#include "tool/outfile.h"
#include "tool/rebuild.h"
#include "tool/vips.h"

enum { BIGTIFF_HEADER_BYTES = 16, DEPTHS_MAX = 27 };

struct page {
    struct og_buf *tables;
    uint64_t *offsets, *lengths; /* raster order */
};

struct tiff {
    const struct og_slide *slide;
    int quality;
    unsigned last_depth;
    VipsBlob *profile; /* NULL: nobody knows whether the colours are sRGB */
    struct page page[DEPTHS_MAX];
    struct og_outfile file;
    uint64_t end; /* where the next tile goes */
};

static enum og_status put(void *state, const struct og_export_tile *tile, struct og_error *err)
{
    struct tiff *t = state;
    struct page *page = &t->page[tile->depth];
    uint64_t at = (uint64_t)tile->y * og_pyramid_grid(&og_slide_facts(t->slide)->pyramid, tile->depth).width + tile->x;
    page->offsets[at] = t->end;
    page->lengths[at] = tile->bytes->size;
    t->end += tile->bytes->size;
    return og_outfile_write(&t->file, page->offsets[at], tile->bytes->data, tile->bytes->size, err);
}

static uint64_t tiles(const struct tiff *t, unsigned depth)
{
    return og_pyramid_tiles(&og_slide_facts(t->slide)->pyramid, depth);
}

static bool describe(const struct tiff *t, TIFF *tiff)
{
    const struct og_description *d = &og_slide_facts(t->slide)->description;
    char magnification[24] = "unknown";
    if (d->magnification > 0)
        g_snprintf(magnification, sizeof magnification, "%g", d->magnification);
    g_autofree char *text = g_strdup_printf("Exported by Origami " OG_VERSION
                                            " at JPEG quality %d; magnification %s; scanner %s; source %s; %s",
                                            t->quality, magnification, *d->vendor ? d->vendor : "unknown",
                                            d->source.name, *d->source.digest ? d->source.digest : "no digest");
    return TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, text) &&
           TIFFSetField(tiff, TIFFTAG_SOFTWARE, "Origami " OG_VERSION);
}

static bool set_profile(const struct tiff *t, TIFF *tiff)
{
    size_t size;
    if (!t->profile)
        return true;
    const void *bytes = vips_blob_get(t->profile, &size);
    return TIFFSetField(tiff, TIFFTAG_ICCPROFILE, (uint32_t)size, bytes);
}

static bool write_page(const struct tiff *t, TIFF *tiff, unsigned depth)
{
    const struct og_slide_facts *facts = og_slide_facts(t->slide);
    const struct page *page = &t->page[depth];
    struct og_span tables = {page->tables->data, page->tables->size};
    uint64_t *offsets, *lengths;
    if (!og_tiff_set_tiles(tiff, og_pyramid_size(&facts->pyramid, depth), tables) ||
        !og_tiff_set_colour(tiff, depth > 0, depth < 2 ? 2 : 1) ||
        !og_tiff_set_resolution(tiff, facts->description.mpp_x, facts->description.mpp_y, depth) ||
        !set_profile(t, tiff) || (depth == 0 && !describe(t, tiff)) || !og_tiff_arrays(tiff, &offsets, &lengths))
        return false;
    memcpy(offsets, page->offsets, tiles(t, depth) * sizeof *offsets);
    memcpy(lengths, page->lengths, tiles(t, depth) * sizeof *lengths);
    return TIFFWriteDirectory(tiff) == 1;
}

static enum og_status finish(void *state, struct og_error *err)
{
    struct tiff *t = state;
    errno = 0;
    TIFF *tiff = TIFFFdOpen(t->file.fd, t->file.path, "w8l");
    bool whole = tiff != NULL;
    for (unsigned depth = 0; depth <= t->last_depth && whole; depth++)
        whole = write_page(t, tiff, depth);
    int error = errno;
    if (tiff)
        TIFFCleanup(tiff); /* the descriptor stays open */
    return whole ? og_outfile_commit_new(&t->file, err)
                 : og_outfile_error(t->file.path, "write the directories", error ? error : ENOMEM, err);
}

static void destroy(void *state)
{
    struct tiff *t = state;
    og_outfile_discard(&t->file);
    for (unsigned depth = 0; depth < DEPTHS_MAX; depth++) {
        og_buf_unref(&t->page[depth].tables);
        free(t->page[depth].offsets);
        free(t->page[depth].lengths);
    }
    if (t->profile)
        vips_area_unref(VIPS_AREA(t->profile));
    free(t);
}

static enum og_status make_pages(struct tiff *t, struct og_error *err)
{
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    enum og_status status = rebuilder ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
    for (unsigned depth = 0; depth <= t->last_depth && status == OG_OK; depth++) {
        struct page *page = &t->page[depth];
        status = og_rebuilder_tables(rebuilder, t->slide, depth, t->quality, &page->tables, err);
        page->offsets = calloc(tiles(t, depth), sizeof *page->offsets);
        page->lengths = calloc(tiles(t, depth), sizeof *page->lengths);
        if (status == OG_OK && (!page->offsets || !page->lengths))
            status = og_error_set(err, OG_NO_MEMORY, "out of memory for the places of the tiles");
    }
    og_rebuilder_destroy(&rebuilder);
    return status;
}

static enum og_status load_profile(struct tiff *t, struct og_error *err)
{
    const char *icc = og_slide_facts(t->slide)->description.icc;
    if (strcmp(icc, "srgb") != 0 && strcmp(icc, "converted") != 0)
        return OG_OK;
    enum og_status status = og_vips_start(err);
    if (status == OG_OK && vips_profile_load("srgb", &t->profile, NULL) != 0)
        status = og_vips_error(err, OG_INTERNAL, t->file.path, "find the profile of sRGB");
    return status;
}

static const struct og_export_kind kind = {.paged = true, .put = put, .finish = finish, .destroy = destroy};

enum og_status og_export_to_tiff(const struct og_slide *slide, const char *path, int quality,
                                 struct og_export_target *out, struct og_error *err)
{
    const struct og_slide_facts *facts = og_slide_facts(slide);
    if (!facts->description.upsample[0])
        return og_error_set(err, OG_UNSUPPORTED,
                            "%s: only an Origami slide becomes a TIFF, and %s is of format %s; a "
                            "name that ends in .dzi works",
                            path, facts->id, facts->format);
    enum og_status status = og_outfile_is_free(path, err);
    if (status != OG_OK)
        return status;
    struct tiff *t = calloc(1, sizeof *t);
    if (!t)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    t->slide = slide;
    t->quality = quality;
    t->last_depth = facts->last_depth;
    t->end = BIGTIFF_HEADER_BYTES;
    *out = (struct og_export_target){&kind, t, t->last_depth};
    status = make_pages(t, err);
    if (status == OG_OK)
        status = og_outfile_open(path, "", &t->file, err);
    if (status == OG_OK)
        status = load_profile(t, err);
    if (status != OG_OK)
        destroy(t);
    return status;
}
