/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

static struct og_reply document(const struct og_request *request, const char *content_type, struct og_buf *buf,
                                int64_t modified_s)
{
    enum og_route_kind kind = request->route->kind;
    if (!buf)
        return og_reply_status(kind, OG_NOT_FOUND);
    struct og_validators validators = {og_content_tag(buf->data, buf->size), modified_s};
    return og_reply_buf(kind, content_type, buf, validators);
}

struct og_reply og_answer_slides(const struct og_request *request)
{
    return document(request, "application/json", og_engine_slides_json(request->site->engine, request->metrics), 0);
}

struct og_reply og_answer_slide(const struct og_request *request)
{
    const struct og_route *route = request->route;
    struct og_edition edition = {0};
    struct og_buf *buf =
        og_engine_slide_json(request->site->engine, route->id, route->id_length, &edition, request->metrics);
    return document(request, "application/json", buf, edition.modified_s);
}

struct og_reply og_answer_dzi(const struct og_request *request)
{
    const struct og_route *route = request->route;
    struct og_edition edition = {0};
    struct og_buf *buf =
        og_engine_slide_dzi(request->site->engine, route->id, route->id_length, &edition, request->metrics);
    struct og_reply reply = document(request, "application/xml", buf, edition.modified_s);
    reply.misnamed = !og_generation_is_asked(request->head->generation, edition.generation);
    return reply;
}
