/* SPDX-License-Identifier: MIT */
#include "slide_document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "description_json.h"

/* Only an Origami slide tells more of itself than its size. */
static bool is_described(const struct og_slide_facts *facts)
{
    return facts->description.upsample[0] != '\0';
}

static json_t *bytes_json(const struct og_slide_facts *facts, json_t *described)
{
    json_t *bytes = json_object();
    og_json_put(&bytes, "file", facts->file_bytes ? og_json_count(facts->file_bytes) : json_null());
    if (bytes && is_described(facts) && json_object_update(bytes, json_object_get(described, "bytes")) != 0)
        og_json_put(&bytes, "file", NULL);
    return bytes;
}

static json_t *entry_json(const struct og_slide_facts *facts, json_t *described)
{
    static const char *const shared[] = {"mpp_x", "mpp_y", "magnification", "vendor", "icc"};
    const struct og_pyramid *p = &facts->pyramid;
    json_t *entry = json_object();
    og_json_put(&entry, "id", json_string(facts->id));
    og_json_put(&entry, "format", json_string(facts->format));
    char generation[17]; /* as text: a script's numbers have 53 bits */
    snprintf(generation, sizeof generation, "%016llx", (unsigned long long)facts->generation);
    og_json_put(&entry, "generation", json_string(generation));
    og_json_put(&entry, "width", og_json_count(p->width));
    og_json_put(&entry, "height", og_json_count(p->height));
    og_json_put(&entry, "tile", og_json_count(p->tile));
    og_json_put(&entry, "overlap", og_json_count(p->overlap));
    og_json_put(&entry, "levels", og_json_count(p->top + 1));
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        og_json_put(&entry, shared[i], json_incref(json_object_get(described, shared[i])));
    if (is_described(facts))
        og_json_put(&entry, "fidelity", json_incref(json_object_get(described, "fidelity")));
    og_json_put(&entry, "bytes", bytes_json(facts, described));
    return entry;
}

/* Takes `json`, which may be NULL. */
static struct og_buf *dump(json_t *json)
{
    char *text = json ? json_dumps(json, OG_JSON_FLAGS) : NULL;
    struct og_buf *buf = text ? og_buf_copy(text, strlen(text)) : NULL;
    free(text);
    json_decref(json);
    return buf;
}

struct og_buf *og_slide_document(const struct og_slide_facts *facts)
{
    json_t *described = og_description_json(&facts->description);
    json_t *document = entry_json(facts, described);
    if (is_described(facts)) {
        og_json_put(&document, "source", json_incref(json_object_get(described, "source")));
        og_json_put(&document, "encoder", json_incref(json_object_get(described, "encoder")));
    }
    json_decref(described);
    return dump(document);
}

struct og_buf *og_slide_document_list(const struct og_slide_facts *const *slides, size_t count)
{
    json_t *list = json_array(), *document = json_object();
    for (size_t i = 0; list && i < count; i++) {
        json_t *described = og_description_json(&slides[i]->description);
        if (json_array_append_new(list, entry_json(slides[i], described)) != 0) {
            json_decref(list);
            list = NULL;
        }
        json_decref(described);
    }
    og_json_put(&document, "slides", list);
    return dump(document);
}

struct og_buf *og_slide_document_dzi(const struct og_slide_facts *facts)
{
    const struct og_pyramid *p = &facts->pyramid;
    char xml[320];
    int n = snprintf(xml, sizeof xml,
                     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                     "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"%u\" Overlap=\"%u\" "
                     "Format=\"jpg\"><Size Width=\"%u\" Height=\"%u\"/></Image>",
                     p->tile, p->overlap, p->width, p->height);
    return og_buf_copy(xml, (size_t)n);
}
