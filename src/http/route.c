/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include <stdbool.h>
#include <string.h>

#include "base/parse.h"

#define SEGMENTS_MAX 4
#define NUMBER_MAX   UINT64_C(9999999999) /* ten digits */

struct segment {
    const char *text;
    size_t length;
};

static bool path_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-' || c == '/';
}

static bool equals(struct segment s, const char *word)
{
    return s.length == strlen(word) && memcmp(s.text, word, s.length) == 0;
}

static bool cut_suffix(struct segment *s, const char *suffix)
{
    size_t n = strlen(suffix);
    if (s->length < n || memcmp(s->text + s->length - n, suffix, n) != 0)
        return false;
    s->length -= n;
    return true;
}

static enum og_status split(const char *path, size_t length, struct segment *segments, unsigned *count)
{
    for (size_t i = 0; i < length; i++)
        if (!path_byte(path[i]))
            return OG_INVALID;
    const char *end = path + length;
    unsigned n = 0;
    for (const char *at = path; at < end;) {
        const char *text = at + 1, *slash = memchr(text, '/', (size_t)(end - text));
        struct segment s = {text, (size_t)((slash ? slash : end) - text)};
        if ((s.length == 0 && slash) || equals(s, ".") || equals(s, ".."))
            return OG_INVALID;
        if (n < SEGMENTS_MAX)
            segments[n] = s;
        n++;
        at = slash ? slash : end;
    }
    *count = n;
    return n > SEGMENTS_MAX || segments[n - 1].length == 0 ? OG_NOT_FOUND : OG_OK;
}

static enum og_status take_id(struct segment s, struct og_route *out)
{
    out->id = s.text;
    out->id_length = s.length;
    return og_parse_slide_id(s.text, s.length) ? OG_OK : OG_INVALID;
}

static bool number(struct segment s, uint64_t *out)
{
    return og_parse_decimal(s.text, s.length, NUMBER_MAX, out);
}

static enum og_status take_tile(struct segment id, struct segment level, struct segment name, struct og_route *out)
{
    enum og_status status = take_id(id, out);
    if (status != OG_OK || !number(level, &out->level))
        return OG_INVALID;
    if (!cut_suffix(&name, ".jpg"))
        return OG_NOT_FOUND;
    const char *bar = memchr(name.text, '_', name.length);
    if (!bar)
        return OG_INVALID;
    struct segment x = {name.text, (size_t)(bar - name.text)}, y = {bar + 1, name.length - x.length - 1};
    return number(x, &out->x) && number(y, &out->y) ? OG_OK : OG_INVALID;
}

static enum og_status parse_nothing(const struct segment *s, struct og_route *out)
{
    (void)s, (void)out;
    return OG_OK;
}

static enum og_status parse_slide(const struct segment *s, struct og_route *out)
{
    return take_id(s[1], out);
}

static enum og_status parse_asset(const struct segment *s, struct og_route *out)
{
    out->id = s[1].text;
    out->id_length = s[1].length;
    return OG_OK;
}

static enum og_status parse_tile(const struct segment *s, struct og_route *out)
{
    return take_tile(s[1], s[2], s[3], out);
}

static enum og_status parse_dzi(const struct segment *s, struct og_route *out)
{
    struct segment id = s[1];
    return cut_suffix(&id, ".dzi") ? take_id(id, out) : OG_NOT_FOUND;
}

static enum og_status parse_dzi_tile(const struct segment *s, struct og_route *out)
{
    struct segment id = s[1];
    return cut_suffix(&id, "_files") ? take_tile(id, s[2], s[3], out) : OG_NOT_FOUND;
}

static enum og_status parse_thumbnail(const struct segment *s, struct og_route *out)
{
    return equals(s[2], "thumbnail.jpg") ? take_id(s[1], out) : OG_NOT_FOUND;
}

static const struct {
    const char *first;
    unsigned segments;
    enum og_route_kind kind;
    enum og_status (*parse)(const struct segment *s, struct og_route *out);
} shapes[] = {
    {"tiles", 4, OG_ROUTE_TILE, parse_tile},
    {"dzi", 4, OG_ROUTE_TILE, parse_dzi_tile},
    {"dzi", 2, OG_ROUTE_DZI, parse_dzi},
    {"slides", 1, OG_ROUTE_SLIDES, parse_nothing},
    {"slides", 2, OG_ROUTE_SLIDE, parse_slide},
    {"slides", 3, OG_ROUTE_THUMBNAIL, parse_thumbnail},
    {"viewer", 2, OG_ROUTE_VIEWER, parse_slide},
    {"assets", 2, OG_ROUTE_ASSET, parse_asset},
    {"metrics", 1, OG_ROUTE_METRICS, parse_nothing},
    {"healthz", 1, OG_ROUTE_HEALTH, parse_nothing},
    {"readyz", 1, OG_ROUTE_READY, parse_nothing},
};

enum og_status og_route_parse(const char *path, size_t length, struct og_route *out)
{
    *out = (struct og_route){.kind = OG_ROUTE_NONE};
    if (length == 0 || path[0] != '/')
        return OG_INVALID;
    if (length == 1) {
        out->kind = OG_ROUTE_GALLERY;
        return OG_OK;
    }
    struct segment segments[SEGMENTS_MAX];
    unsigned count = 0;
    enum og_status status = split(path, length, segments, &count);
    if (status != OG_OK)
        return status;
    for (unsigned i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (shapes[i].segments == count && equals(segments[0], shapes[i].first)) {
            out->kind = shapes[i].kind;
            return shapes[i].parse(segments, out);
        }
    return OG_NOT_FOUND;
}
