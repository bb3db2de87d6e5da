/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

struct og_reply og_site_tile(enum og_route_kind route, enum og_status status, struct og_buf *buf)
{
    return status == OG_OK ? og_reply_buf(route, "image/jpeg", buf) : og_reply_status(route, status);
}

static struct og_reply find_or_wait(const struct og_request *request, enum og_status named)
{
    enum og_route_kind kind = request->route->kind;
    if (named != OG_OK)
        return og_reply_status(kind, named);
    struct og_buf *buf = og_engine_find(request->site->engine, request->pending, request->metrics);
    if (!buf)
        return og_reply_status(kind, OG_PENDING);
    og_tile_name_release(request->pending);
    return og_site_tile(kind, OG_OK, buf);
}

struct og_reply og_answer_tile(const struct og_request *request)
{
    const struct og_route *route = request->route;
    return find_or_wait(request, og_engine_name(request->site->engine, route->id, route->id_length, route->level,
                                                route->x, route->y, request->pending, request->metrics));
}

struct og_reply og_answer_thumbnail(const struct og_request *request)
{
    const struct og_route *route = request->route;
    return find_or_wait(request, og_engine_thumbnail(request->site->engine, route->id, route->id_length,
                                                     request->pending, request->metrics));
}
