/* SPDX-License-Identifier: MIT */
#include "deepzoom.h"

#include <errno.h>
#include <expat.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

#define DZI_BYTES_MAX ((size_t)64 << 10)

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

static enum og_status parse_dzi(const char *text, size_t size, struct og_deepzoom *out, struct og_error *err)
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

static enum og_status read_dzi(int directory, const char *name, struct og_deepzoom *out, struct og_error *err)
{
    struct og_buf *text;
    enum og_status status = og_file_read_document(directory, name, DZI_BYTES_MAX, ".dzi", &text, err);
    if (status == OG_OK)
        status = parse_dzi((const char *)text->data, text->size, out, err);
    og_buf_unref(&text);
    return status;
}

/* ---- the tiles ---- */

static int open_level(const struct og_deepzoom *slide, unsigned depth)
{
    char level[16];
    snprintf(level, sizeof level, "%u", slide->pyramid.top - depth);
    return openat(slide->folder, level, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

bool og_deepzoom_has_level(const struct og_deepzoom *slide, unsigned depth)
{
    int folder = open_level(slide, depth);
    if (folder >= 0)
        close(folder);
    return folder >= 0;
}

/* Component by component, so that no link on the way is followed. */
static enum og_status open_tile(const struct og_deepzoom *slide, unsigned depth, uint32_t x, uint32_t y,
                                struct og_file *file, struct og_error *err)
{
    char tile[40];
    snprintf(tile, sizeof tile, "%u_%u.%s", x, y, slide->format);
    int folder = open_level(slide, depth);
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

static enum og_status name_tile(enum og_status status, const struct og_deepzoom *slide, unsigned depth, uint32_t x,
                                uint32_t y, struct og_error *err)
{
    if (status != OG_OK && err) {
        err->status = status;
        og_error_prefix(err, "%s/%u/%u_%u.%s", slide->folder_name, slide->pyramid.top - depth, x, y, slide->format);
    }
    return status;
}

enum og_status og_deepzoom_read(const struct og_deepzoom *slide, struct og_reader *reader, unsigned depth, uint32_t x,
                                uint32_t y, uint8_t *buffer, size_t room, struct og_span *out, struct og_error *err)
{
    struct og_file file;
    enum og_status status = open_tile(slide, depth, x, y, &file, err);
    if (status == OG_OK) {
        status = og_reader_read_whole(reader, &file, buffer, room, "tile", out, err);
        og_file_close(&file);
    }
    return name_tile(status, slide, depth, x, y, err);
}

enum og_status og_deepzoom_look(const struct og_deepzoom *slide, unsigned depth, uint32_t x, uint32_t y,
                                struct og_error *err)
{
    struct og_file file;
    enum og_status status = open_tile(slide, depth, x, y, &file, err);
    if (status == OG_OK)
        og_file_close(&file);
    return name_tile(status, slide, depth, x, y, err);
}

/* ---- life ---- */

enum og_status og_deepzoom_open(int directory, const char *name, struct og_deepzoom *out, struct og_error *err)
{
    enum og_status status = read_dzi(directory, name, out, err);
    if (status != OG_OK)
        return status;
    snprintf(out->folder_name, sizeof out->folder_name, "%.*s_files", (int)(strlen(name) - strlen(OG_DEEPZOOM_SUFFIX)),
             name);
    out->folder = openat(directory, out->folder_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (out->folder < 0)
        return og_error_set(err, errno == ENOENT || errno == ENOTDIR ? OG_DAMAGED : OG_IO, "its folder of tiles %s: %s",
                            out->folder_name, strerrordesc_np(errno));
    return OG_OK;
}

void og_deepzoom_describe(const struct og_deepzoom *slide, struct og_slide_facts *facts)
{
    facts->pyramid = slide->pyramid;
    facts->description.width = slide->pyramid.width;
    facts->description.height = slide->pyramid.height;
    facts->description.tile = slide->pyramid.tile;
    facts->last_depth = slide->pyramid.top;
}

void og_deepzoom_close(struct og_deepzoom *slide)
{
    close(slide->folder);
}
