/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

static struct og_reply document(const struct og_request *request, const char *content_type, struct og_buf *buf)
{
    enum og_route_kind kind = request->route->kind;
    return buf ? og_reply_buf(kind, content_type, buf) : og_reply_status(kind, OG_NOT_FOUND);
}

struct og_reply og_answer_slides(const struct og_request *request)
{
    return document(request, "application/json", og_engine_slides_json(request->site->engine, request->metrics));
}

struct og_reply og_answer_slide(const struct og_request *request)
{
    const struct og_route *route = request->route;
    return document(request, "application/json",
                    og_engine_slide_json(request->site->engine, route->id, route->id_length, request->metrics));
}

struct og_reply og_answer_dzi(const struct og_request *request)
{
    const struct og_route *route = request->route;
    return document(request, "application/xml",
                    og_engine_slide_dzi(request->site->engine, route->id, route->id_length, request->metrics));
}
