/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "slide/file.h"
#include "slide_format.h"

#define DZI_BYTES_MAX ((size_t)64 << 10)
#define SUFFIX        ".dzi"

struct deepzoom {
    int folder; /* NAME_files */
    char folder_name[OG_SLIDE_ID_MAX + sizeof "_files"];
    char format[8];
    struct og_pyramid pyramid;
};

/* ---- the .dzi ---- */

struct reading {
    XML_Parser parser;
    unsigned nesting;
    bool has_size;
    uint64_t width, height, tile, overlap;
    char format[8];
    enum og_status status;
    struct og_error *err;
};

static void refuse(struct reading *r, enum og_status status, const char *reason, const char *what)
{
    if (r->status == OG_OK)
        r->status =
            og_error_set(r->err, status, "line %lu: %s%.40s", XML_GetCurrentLineNumber(r->parser), reason, what);
    XML_StopParser(r->parser, XML_FALSE);
}

static const char *attribute(const XML_Char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

static uint64_t number(struct reading *r, const XML_Char **attributes, const char *name)
{
    const char *text = attribute(attributes, name);
    uint64_t value = 0;
    if (!text || !og_parse_decimal(text, strlen(text), OG_PYRAMID_SIDE_MAX, &value))
        refuse(r, OG_DAMAGED, "missing or not a sensible number: ", name);
    return value;
}

static void image_element(struct reading *r, const XML_Char **attributes)
{
    r->tile = number(r, attributes, "TileSize");
    r->overlap = number(r, attributes, "Overlap");
    const char *format = attribute(attributes, "Format");
    if (!format || (strcmp(format, "jpg") != 0 && strcmp(format, "jpeg") != 0))
        refuse(r, OG_UNSUPPORTED, "tiles must be of Format jpg or jpeg, not ", format ? format : "unknown");
    else
        snprintf(r->format, sizeof r->format, "%s", format);
}

static void size_element(struct reading *r, const XML_Char **attributes)
{
    if (r->has_size)
        refuse(r, OG_DAMAGED, "a second Size", "");
    r->has_size = true;
    r->width = number(r, attributes, "Width");
    r->height = number(r, attributes, "Height");
}

/* Names come as "namespace name"; both years of Microsoft's namespace are in use, and none at all. */
static const char *local_name(const XML_Char *name)
{
    static const char *const spaces[] = {"http://schemas.microsoft.com/deepzoom/2008 ",
                                         "http://schemas.microsoft.com/deepzoom/2009 "};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (strncmp(name, spaces[i], strlen(spaces[i])) == 0)
            return name + strlen(spaces[i]);
    return name;
}

static void element_starts(void *user, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *r = user;
    const char *local = local_name(name);
    unsigned depth = r->nesting++;
    if (r->status != OG_OK)
        return;
    if (depth == 0 && strcmp(local, "Image") == 0)
        image_element(r, attributes);
    else if (depth == 0)
        refuse(r, OG_UNSUPPORTED, "not a Deep Zoom image: ", local);
    else if (depth == 1 && strcmp(local, "Size") == 0)
        size_element(r, attributes);
}

static void element_ends(void *user, const XML_Char *name)
{
    (void)name;
    ((struct reading *)user)->nesting--;
}

static void doctype_starts(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int subset)
{
    (void)name, (void)system, (void)public, (void)subset;
    refuse(user, OG_UNSUPPORTED, "a document type declaration is refused", "");
}

static void parse_xml(struct reading *r, const char *text, size_t size)
{
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, element_starts, element_ends);
    XML_SetStartDoctypeDeclHandler(r->parser, doctype_starts);
    if (XML_Parse(r->parser, text, (int)size, XML_TRUE) == XML_STATUS_OK) {
        if (r->status == OG_OK && !r->has_size)
            refuse(r, OG_DAMAGED, "no Size", "");
        return;
    }
    if (r->status == OG_OK)
        refuse(r, OG_DAMAGED, XML_ErrorString(XML_GetErrorCode(r->parser)), "");
}

static enum og_status parse_dzi(const char *text, size_t size, struct deepzoom *out, struct og_error *err)
{
    struct reading r = {.parser = XML_ParserCreateNS(NULL, ' '), .err = err};
    if (!r.parser)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    parse_xml(&r, text, size);
    XML_ParserFree(r.parser);
    if (r.status != OG_OK)
        return r.status;
    if (!og_pyramid_make((uint32_t)r.width, (uint32_t)r.height, (uint32_t)r.tile, (uint32_t)r.overlap, &out->pyramid))
        return og_error_set(err, OG_UNSUPPORTED,
                            "%llu x %llu pixels in tiles of %llu overlapping by %llu are not served",
                            (unsigned long long)r.width, (unsigned long long)r.height, (unsigned long long)r.tile,
                            (unsigned long long)r.overlap);
    memcpy(out->format, r.format, sizeof out->format);
    return OG_OK;
}

static enum og_status read_dzi(int directory, const char *name, struct deepzoom *out, struct og_error *err)
{
    struct og_file file;
    enum og_status status = og_file_open(directory, name, &file, err);
    if (status != OG_OK)
        return status;
    char *text = NULL;
    if (file.size > DZI_BYTES_MAX)
        status = og_error_set(err, OG_UNSUPPORTED, "%llu bytes are too many for a .dzi", (unsigned long long)file.size);
    else if (!(text = malloc(DZI_BYTES_MAX)))
        status = og_error_set(err, OG_NO_MEMORY, "out of memory");
    else
        status = og_file_read(&file, 0, text, file.size, err);
    if (status == OG_OK)
        status = parse_dzi(text, file.size, out, err);
    free(text);
    og_file_close(&file);
    return status;
}

/* ---- the tiles ---- */

/* Component by component, so that no link on the way is followed. */
static enum og_status open_tile(const struct deepzoom *slide, unsigned depth, uint32_t x, uint32_t y,
                                struct og_file *file, struct og_error *err)
{
    char level[16], tile[40];
    snprintf(level, sizeof level, "%u", slide->pyramid.top - depth);
    snprintf(tile, sizeof tile, "%u_%u.%s", x, y, slide->format);
    int folder = openat(slide->folder, level, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum og_status status;
    if (folder >= 0) {
        status = og_file_open(folder, tile, file, err);
        close(folder);
    } else if (errno == ENOENT || errno == ENOTDIR)
        status = og_error_set(err, OG_NOT_FOUND, "no such folder");
    else
        status = og_error_set(err, OG_IO, "cannot open: %s", strerrordesc_np(errno));
    if (status == OG_NOT_FOUND || status == OG_UNSUPPORTED)
        status = OG_DAMAGED;
    return status;
}

static enum og_status read_whole(struct og_reader *reader, struct og_file *file, uint8_t *buffer,
                                 struct og_stored_tile *out, struct og_error *err)
{
    if (file->size == 0 || file->size > OG_SLIDE_BUFFER_BYTES)
        return og_error_set(err, OG_DAMAGED, "%llu bytes are not a tile", (unsigned long long)file->size);
    enum og_status status = og_reader_read(reader, file, 0, buffer, file->size, err);
    if (status == OG_OK)
        out->stream = (struct og_span){.data = buffer, .size = file->size};
    return status;
}

static enum og_status name_tile(enum og_status status, const struct deepzoom *slide, unsigned depth, uint32_t x,
                                uint32_t y, struct og_error *err)
{
    if (status != OG_OK && err) {
        err->status = status;
        og_error_prefix(err, "%s/%u/%u_%u.%s", slide->folder_name, slide->pyramid.top - depth, x, y, slide->format);
    }
    return status;
}

static enum og_status read_stored(void *state, struct og_reader *reader, unsigned depth, uint32_t x, uint32_t y,
                                  uint8_t *buffer, struct og_stored_tile *out, struct og_error *err)
{
    const struct deepzoom *slide = state;
    struct og_file file;
    enum og_status status = open_tile(slide, depth, x, y, &file, err);
    if (status == OG_OK) {
        status = read_whole(reader, &file, buffer, out, err);
        og_file_close(&file);
    }
    return name_tile(status, slide, depth, x, y, err);
}

/* ---- life ---- */

static enum og_status open_folder(int directory, const char *name, struct deepzoom *slide, struct og_error *err)
{
    snprintf(slide->folder_name, sizeof slide->folder_name, "%.*s_files", (int)(strlen(name) - strlen(SUFFIX)), name);
    slide->folder = openat(directory, slide->folder_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (slide->folder < 0)
        return og_error_set(err, errno == ENOENT || errno == ENOTDIR ? OG_DAMAGED : OG_IO, "its folder of tiles %s: %s",
                            slide->folder_name, strerrordesc_np(errno));
    struct og_file file;
    enum og_status status = open_tile(slide, 0, 0, 0, &file, err);
    if (status == OG_OK)
        og_file_close(&file);
    else
        close(slide->folder);
    return name_tile(status, slide, 0, 0, 0, err);
}

static enum og_status open_slide(int directory, const char *name, struct og_slide_facts *facts, void **state,
                                 struct og_error *err)
{
    struct deepzoom *slide = calloc(1, sizeof *slide);
    if (!slide)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    enum og_status status = read_dzi(directory, name, slide, err);
    if (status == OG_OK)
        status = open_folder(directory, name, slide, err);
    if (status != OG_OK) {
        free(slide);
        return status;
    }
    facts->pyramid = slide->pyramid;
    facts->description.width = slide->pyramid.width;
    facts->description.height = slide->pyramid.height;
    facts->description.tile = slide->pyramid.tile;
    facts->last_depth = slide->pyramid.top;
    *state = slide;
    return OG_OK;
}

static void close_slide(void *state)
{
    struct deepzoom *slide = state;
    close(slide->folder);
    free(slide);
}

const struct og_slide_format og_deepzoom_format = {
    .name = "deepzoom",
    .suffix = SUFFIX,
    .open = open_slide,
    .read_stored = read_stored,
    .close = close_slide,
};
