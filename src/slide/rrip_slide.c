/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "deepzoom.h"
#include "rrip_loose.h"
#include "rrip_pack.h"
#include "rrip_summary.h"
#include "slide_format.h"

#define PACKS   "residual_packs"
#define BUNDLE  "residuals.bundle"
#define SUMMARY "summary.json"

enum { BASE_BYTES_MAX = 512 << 10, SUMMARY_BYTES_MAX = 1 << 20 };

static_assert(BASE_BYTES_MAX + OG_RRIP_PACK_BYTES_MAX + OG_RRIP_RECORD_BYTES_MAX <= OG_SLIDE_BUFFER_BYTES,
              "an L2 tile, a record and what is in it fit the caller's buffer");
static_assert(BASE_BYTES_MAX + OG_RRIP_LOOSE_BYTES_MAX <= OG_SLIDE_BUFFER_BYTES, "so do loose residuals");

enum form { NO_RESIDUALS, LOOSE_FILES, PACK_FILES, ONE_BUNDLE };

struct rrip_slide {
    struct og_deepzoom base;
    enum form form;
    int residuals;       /* the folder of loose files or packs; else -1 */
    struct og_file file; /* the bundle; else fd is -1 */
    struct og_rrip_bundle bundle;
};

static enum og_status in_file(const char *name, enum og_status status, struct og_error *err)
{
    if (status != OG_OK && err)
        og_error_prefix(err, "%s", name);
    return status;
}

/* ---- what there is ---- */

static bool is_pack(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && strcmp(name + length - 5, ".pack") == 0;
}

static bool is_loose_folder(const char *name)
{
    static const char prefix[] = "residuals_";
    size_t n = sizeof prefix - 1;
    return strncmp(name, prefix, n) == 0 && (name[n] == 'q' || name[n] == 'j') && isdigit((unsigned char)name[n + 1]);
}

/* How many entries are wanted ones, two at most; the last of them is in `name`. -1: the folder cannot be read. */
static int find_entries(int folder, bool (*wanted)(const char *name), char name[NAME_MAX + 1])
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    if (!list) {
        if (again >= 0)
            close(again);
        return -1;
    }
    int count = 0;
    const struct dirent *entry;
    while (count < 2 && (entry = readdir(list)))
        if (wanted(entry->d_name)) {
            snprintf(name, NAME_MAX + 1, "%s", entry->d_name);
            count++;
        }
    closedir(list);
    return count;
}

static enum og_status open_folder(int directory, const char *name, int *out, struct og_error *err)
{
    *out = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (*out >= 0)
        return OG_OK;
    if (errno == ENOENT)
        return og_error_set(err, OG_NOT_FOUND, "%s: no such folder", name);
    if (errno == ELOOP || errno == ENOTDIR)
        return og_error_set(err, OG_UNSUPPORTED, "%s: not a folder, or a symbolic link to one", name);
    return og_error_set(err, OG_IO, "%s: cannot open: %s", name, strerrordesc_np(errno));
}

static enum og_status open_bundle(struct rrip_slide *slide, struct og_error *err)
{
    enum og_status status = og_file_open(slide->residuals, BUNDLE, &slide->file, err);
    if (status != OG_OK)
        return status == OG_NOT_FOUND ? status : in_file(PACKS "/" BUNDLE, status, err);
    uint8_t header[OG_RRIP_BUNDLE_HEADER_BYTES];
    status = og_file_read(&slide->file, 0, header, sizeof header, err);
    if (status == OG_OK)
        status =
            og_rrip_bundle(header, slide->file.size, og_pyramid_grid(&slide->base.pyramid, 2), &slide->bundle, err);
    slide->form = ONE_BUNDLE;
    return in_file(PACKS "/" BUNDLE, status, err);
}

/* OG_NOT_FOUND when there are none. */
static enum og_status open_packs(struct rrip_slide *slide, int directory, struct og_error *err)
{
    char name[NAME_MAX + 1];
    enum og_status status = open_folder(directory, PACKS, &slide->residuals, err);
    if (status == OG_OK)
        status = open_bundle(slide, err);
    if (status != OG_NOT_FOUND || slide->residuals < 0)
        return status;
    if (find_entries(slide->residuals, is_pack, name) > 0) {
        slide->form = PACK_FILES;
        return OG_OK;
    }
    close(slide->residuals);
    slide->residuals = -1;
    return status;
}

static enum og_status open_loose(struct rrip_slide *slide, int directory, struct og_error *err)
{
    char name[NAME_MAX + 1];
    switch (find_entries(directory, is_loose_folder, name)) {
    case 0:
        return OG_NOT_FOUND;
    case 1:
        slide->form = LOOSE_FILES;
        return open_folder(directory, name, &slide->residuals, err);
    case 2:
        return og_error_set(err, OG_UNSUPPORTED, "more than one folder of residuals, %s among them: keep one", name);
    default:
        return og_error_set(err, OG_IO, "cannot list: %s", strerrordesc_np(errno));
    }
}

static enum og_status check_residual(const struct rrip_slide *slide, struct og_error *err)
{
    const struct og_pyramid *p = &slide->base.pyramid;
    if (p->tile != OG_TILE_SIZE || p->overlap != 0)
        return og_error_set(err, OG_UNSUPPORTED,
                            "residuals are read for tiles of %d without overlap, not of %u with %u", OG_TILE_SIZE,
                            p->tile, p->overlap);
    if (p->top < 2 || !og_deepzoom_has_level(&slide->base, 2))
        return og_error_set(err, OG_DAMAGED,
                            "there are residuals, but no level for them to start from: %s/%d is missing",
                            slide->base.folder_name, (int)p->top - 2);
    return OG_OK;
}

/* Neither residuals nor full size: there is nothing to serve. */
static enum og_status check_stored(const struct rrip_slide *slide, struct og_error *err)
{
    enum og_status status = og_deepzoom_look(&slide->base, 0, 0, 0, err);
    return in_file("no residuals in " PACKS " or residuals_q…, and no stored tiles at full size", status, err);
}

static enum og_status open_residuals(struct rrip_slide *slide, int directory, struct og_error *err)
{
    enum og_status status = open_packs(slide, directory, err);
    if (status == OG_NOT_FOUND)
        status = open_loose(slide, directory, err);
    if (status == OG_NOT_FOUND)
        return check_stored(slide, err);
    return status == OG_OK ? check_residual(slide, err) : status;
}

static enum og_status read_summary(int directory, enum og_predictor *out, struct og_error *err)
{
    struct og_buf *text;
    *out = OG_RRIP_WITHOUT_SUMMARY;
    enum og_status status = og_file_read_document(directory, SUMMARY, SUMMARY_BYTES_MAX, "summary", &text, err);
    if (status == OG_NOT_FOUND)
        return OG_OK;
    if (status == OG_OK)
        status = og_rrip_summary((const char *)text->data, text->size, out, err);
    og_buf_unref(&text);
    return in_file(SUMMARY, status, err);
}

/* ---- life ---- */

static void close_slide(void *state)
{
    struct rrip_slide *slide = state;
    if (slide->residuals >= 0)
        close(slide->residuals);
    og_file_close(&slide->file);
    og_deepzoom_close(&slide->base);
    free(slide);
}

static enum og_status open_parts(int directory, struct og_slide_facts *facts, void **state, struct og_error *err)
{
    struct rrip_slide *slide = calloc(1, sizeof *slide);
    if (!slide)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    slide->residuals = slide->file.fd = -1;
    enum og_status status = og_deepzoom_open(directory, OG_RRIP_DZI, &slide->base, err);
    if (status != OG_OK) {
        free(slide);
        return in_file(OG_RRIP_DZI, status, err);
    }
    status = open_residuals(slide, directory, err);
    if (status == OG_OK)
        status = read_summary(directory, &facts->prediction.predictor, err);
    if (status != OG_OK) {
        close_slide(slide);
        return status;
    }
    og_deepzoom_describe(&slide->base, facts);
    facts->residual = slide->form != NO_RESIDUALS;
    *state = slide;
    return OG_OK;
}

static enum og_status open_slide(int directory, const char *name, struct og_slide_facts *facts, void **state,
                                 struct og_error *err)
{
    int folder = openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return og_error_set(err, OG_IO, "cannot open: %s", strerrordesc_np(errno));
    enum og_status status = open_parts(folder, facts, state, err);
    close(folder);
    return status;
}

/* ---- reading ---- */

static enum og_status read_stored(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y,
                                  uint8_t *buffer, struct og_stored_tile *out, struct og_error *err)
{
    const struct rrip_slide *slide = state;
    out->may_be_full = slide->base.pyramid.tile == OG_TILE_SIZE && slide->base.pyramid.overlap == 0;
    return og_deepzoom_read(&slide->base, reader, depth, x, y, buffer, OG_SLIDE_BUFFER_BYTES, &out->stream, err);
}

static enum og_status read_from_bundle(struct rrip_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy,
                                       uint8_t *record, size_t *size, struct og_error *err)
{
    uint8_t entry[OG_RRIP_BUNDLE_ENTRY_BYTES];
    uint64_t offset;
    enum og_status status =
        og_reader_read(reader, &slide->file, og_rrip_bundle_entry_at(&slide->bundle, fx, fy), entry, sizeof entry, err);
    if (status == OG_OK)
        status = og_rrip_bundle_entry(&slide->bundle, entry, &offset, size, err);
    return status == OG_OK ? og_reader_read(reader, &slide->file, offset, record, *size, err) : status;
}

static enum og_status read_pack_file(int folder, struct og_reader *reader, const char *name, uint8_t *record,
                                     size_t *size, struct og_error *err)
{
    struct og_file file;
    struct og_span pack = {0};
    enum og_status status = og_file_open(folder, name, &file, err);
    if (status != OG_OK)
        return status;
    status = og_reader_read_whole(reader, &file, record, OG_RRIP_RECORD_BYTES_MAX, "pack", &pack, err);
    *size = pack.size;
    og_file_close(&file);
    return status;
}

/* No record, no streams: the predictions alone. */
static enum og_status read_packed(struct rrip_slide *slide, struct og_reader *reader, uint32_t fx, uint32_t fy,
                                  uint8_t *buffer, struct og_span stream[OG_FAMILY_SLOTS], struct og_error *err)
{
    uint8_t *pack = buffer, *record = buffer + OG_RRIP_PACK_BYTES_MAX;
    char name[64];
    size_t size = 0;
    snprintf(name, sizeof name, slide->form == ONE_BUNDLE ? PACKS "/" BUNDLE ", family %u_%u" : PACKS "/%u_%u.pack", fx,
             fy);
    enum og_status status = slide->form == ONE_BUNDLE ? read_from_bundle(slide, reader, fx, fy, record, &size, err)
                                                      : read_pack_file(slide->residuals, reader,
                                                                       name + strlen(PACKS "/"), record, &size, err);
    if (slide->form == PACK_FILES && status == OG_NOT_FOUND)
        return OG_OK;
    if (status == OG_OK && size > 0) {
        struct og_span payload;
        status = og_rrip_decompress((struct og_span){record, size}, pack, &payload, err);
        if (status == OG_OK)
            status = og_rrip_index(payload, stream, err);
    }
    return in_file(name, status, err);
}

static enum og_status read_family(void *state, struct og_reader *reader, uint32_t fx, uint32_t fy, uint8_t *buffer,
                                  struct og_stored_family *out, struct og_error *err)
{
    struct rrip_slide *slide = state;
    enum og_status status =
        og_deepzoom_read(&slide->base, reader, 2, fx, fy, buffer, BASE_BYTES_MAX, &out->stream[OG_SLOT_L2], err);
    if (status != OG_OK)
        return status;
    /* L1 tiles outside the slide too: the encoder padded the picture, and predictions beside them read theirs. */
    uint32_t slots = og_pyramid_slots(&slide->base.pyramid, fx, fy) | OG_SLOTS_L1;
    buffer += BASE_BYTES_MAX;
    if (slide->form == LOOSE_FILES)
        og_rrip_read_loose(slide->residuals, reader, fx, fy, slots, buffer, out);
    else
        status = read_packed(slide, reader, fx, fy, buffer, out->stream, err);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (!(slots >> slot & 1))
            out->stream[slot] = (struct og_span){0};
    return status;
}

static const char *const parts[] = {"/" OG_RRIP_DZI, "/baseline_pyramid_files", "/" SUMMARY,
                                    "/" PACKS,       "/" PACKS "/" BUNDLE,      NULL};

const struct og_slide_format og_rrip_format = {
    .name = "rrip",
    .suffix = "",
    .holds = OG_RRIP_DZI,
    .parts = parts,
    .open = open_slide,
    .read_stored = read_stored,
    .read_family = read_family,
    .close = close_slide,
};
