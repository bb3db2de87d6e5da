/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "http/endpoints.h"

static struct og_reply asset(const struct og_request *request, const char *name, size_t length)
{
    enum og_route_kind kind = request->route->kind;
    const struct og_shelved *found = og_shelf_find(request->site->shelf, name, length);
    if (!found)
        return og_reply_status(kind, OG_NOT_FOUND);
    struct og_validators validators = {.tag = found->tag};
    return og_reply_buf(kind, found->asset->content_type, og_buf_ref(found->buf), validators);
}

static bool is_page(const char *name, size_t length)
{
    static const char suffix[] = ".html";
    size_t n = sizeof suffix - 1;
    return length >= n && memcmp(name + length - n, suffix, n) == 0;
}

struct og_reply og_answer_gallery(const struct og_request *request)
{
    return asset(request, "gallery.html", strlen("gallery.html"));
}

struct og_reply og_answer_viewer(const struct og_request *request)
{
    const struct og_route *route = request->route;
    struct og_edition edition;
    struct og_buf *dzi =
        og_engine_slide_dzi(request->site->engine, route->id, route->id_length, &edition, request->metrics);
    struct og_reply reply = asset(request, "viewer.html", strlen("viewer.html"));
    if (!dzi) /* the page says so too, and leads back to the gallery */
        reply.status = OG_NOT_FOUND;
    og_buf_unref(&dzi);
    return reply;
}

struct og_reply og_answer_asset(const struct og_request *request)
{
    const struct og_route *route = request->route;
    if (is_page(route->id, route->id_length)) /* pages have addresses of their own, and a policy with them */
        return og_reply_status(route->kind, OG_NOT_FOUND);
    return asset(request, route->id, route->id_length);
}
