/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/assets.h"
#include "http/endpoints.h"

static struct og_reply asset(enum og_route_kind kind, const char *name, size_t length)
{
    const struct og_asset *found = og_asset_find(name, length);
    if (!found)
        return og_reply_status(kind, OG_NOT_FOUND);
    struct og_span bytes = {(const uint8_t *)found->data, (size_t)(found->end - found->data)};
    return og_reply_bytes(kind, found->content_type, bytes);
}

static bool is_page(const char *name, size_t length)
{
    static const char suffix[] = ".html";
    size_t n = sizeof suffix - 1;
    return length >= n && memcmp(name + length - n, suffix, n) == 0;
}

struct og_reply og_answer_gallery(const struct og_request *request)
{
    return asset(request->route->kind, "gallery.html", strlen("gallery.html"));
}

struct og_reply og_answer_viewer(const struct og_request *request)
{
    const struct og_route *route = request->route;
    struct og_buf *dzi = og_engine_slide_dzi(request->site->engine, route->id, route->id_length, request->metrics);
    if (!dzi)
        return og_reply_status(route->kind, OG_NOT_FOUND);
    og_buf_unref(&dzi);
    return asset(route->kind, "viewer.html", strlen("viewer.html"));
}

struct og_reply og_answer_asset(const struct og_request *request)
{
    const struct og_route *route = request->route;
    if (is_page(route->id, route->id_length)) /* pages have addresses of their own, and a policy with them */
        return og_reply_status(route->kind, OG_NOT_FOUND);
    return asset(route->kind, route->id, route->id_length);
}
