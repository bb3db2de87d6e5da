/* SPDX-License-Identifier: MIT */
#include "tool/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tool/outfile.h"
#include "writer_index.h"

struct og_writer {
    struct og_outfile file;
    struct og_index index;
    struct og_written written;
    uint64_t end; /* where the next tile goes */
};

static bool make_index(struct og_index *index, const struct og_plan *plan)
{
    const struct og_pyramid *p = &plan->pyramid;
    index->plan = plan;
    index->base_pages = og_profile_base_pages(p);
    index->families = calloc(og_pyramid_tiles(p, 2), sizeof index->families[0]);
    bool made = index->families != NULL;
    for (unsigned page = 1; page < index->base_pages; page++) {
        index->coarse[page] = calloc(og_pyramid_tiles(p, 2 + page), sizeof index->coarse[page][0]);
        made = made && index->coarse[page];
    }
    return made;
}

static enum og_status check_size(const char *path, const struct og_pyramid *p, struct og_error *err)
{
    uint64_t families = og_pyramid_tiles(p, 2);
    if (families <= OG_WRITER_FAMILIES)
        return OG_OK;
    return og_error_set(err, OG_UNSUPPORTED,
                        "%s: %u x %u pixels are %" PRIu64 " squares of 1024 x 1024, and the index of a slide has room "
                        "for %zu",
                        path, p->width, p->height, families, OG_WRITER_FAMILIES);
}

enum og_status og_writer_new(const char *path, const struct og_plan *plan, struct og_writer **out, struct og_error *err)
{
    *out = NULL;
    enum og_status status = check_size(path, &plan->pyramid, err);
    if (status != OG_OK)
        return status;
    struct og_writer *w = *out = calloc(1, sizeof *w);
    if (!w)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    w->file.fd = -1;
    w->end = OG_WRITER_START;
    status = make_index(&w->index, plan) ? og_outfile_open(path, "", &w->file, err)
                                         : og_error_set(err, OG_NO_MEMORY, "%s: out of memory for the index", path);
    if (status != OG_OK)
        og_writer_destroy(out);
    return status;
}

enum og_status og_writer_family(struct og_writer *w, uint32_t fx, uint32_t fy, const struct og_record *record,
                                struct og_span bytes, struct og_error *err)
{
    enum og_status status = og_outfile_write(&w->file, w->end, bytes.data, bytes.size, err);
    if (status != OG_OK)
        return status;
    const struct og_pyramid *p = &w->index.plan->pyramid;
    struct og_record *kept = &w->index.families[(uint64_t)fy * og_pyramid_grid(p, 2).width + fx];
    *kept = *record;
    kept->offset = w->end;
    w->end += bytes.size;
    uint32_t inside = og_pyramid_slots(p, fx, fy);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        unsigned depth = og_slot_place(slot).depth;
        if (!(inside & (UINT32_C(1) << slot)))
            continue;
        w->written.tiles[depth]++;
        w->written.absent[depth] += record->length[slot] == 0;
        w->written.bytes[depth] += record->length[slot];
    }
    return OG_OK;
}

enum og_status og_writer_tile(struct og_writer *w, unsigned depth, uint32_t x, uint32_t y, struct og_span stream,
                              struct og_error *err)
{
    enum og_status status = og_outfile_write(&w->file, w->end, stream.data, stream.size, err);
    if (status != OG_OK)
        return status;
    uint64_t at = (uint64_t)y * og_pyramid_grid(&w->index.plan->pyramid, depth).width + x;
    w->index.coarse[depth - 2][at] = (struct og_tile_entry){
        .offset = w->end, .length = (uint32_t)stream.size, .crc = og_crc32c(0, stream.data, stream.size)};
    w->end += stream.size;
    w->written.tiles[2]++;
    w->written.bytes[2] += stream.size;
    return OG_OK;
}

struct og_written og_writer_written(const struct og_writer *w)
{
    return w->written;
}

enum og_status og_writer_finish(struct og_writer *w, const struct og_description *description, uint64_t *file_bytes,
                                struct og_error *err)
{
    enum og_status status = og_index_write(&w->index, w->file.fd, w->file.path, description, err);
    if (status != OG_OK)
        return status;
    struct stat st;
    if (fstat(w->file.fd, &st))
        return og_outfile_error(w->file.path, "see its size", errno, err);
    *file_bytes = (uint64_t)st.st_size;
    return og_outfile_commit(&w->file, err);
}

void og_writer_destroy(struct og_writer **writer)
{
    struct og_writer *w = *writer;
    *writer = NULL;
    if (!w)
        return;
    og_outfile_discard(&w->file);
    free(w->index.families);
    for (unsigned page = 1; page < w->index.base_pages; page++)
        free(w->index.coarse[page]);
    free(w);
}
