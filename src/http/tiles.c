/* SPDX-License-Identifier: MIT */
#include "http/endpoints.h"

#define TILE_TYPE "image/jpeg"

struct og_reply og_site_tile(const struct og_reply *pending, enum og_status status, struct og_buf *buf,
                             const struct og_spent *spent)
{
    if (status != OG_OK)
        return og_reply_status(pending->route, status);
    struct og_reply reply = og_reply_buf(pending->route, TILE_TYPE, buf, pending->validators);
    reply.misnamed = pending->misnamed;
    reply.made = true;
    reply.spent = *spent;
    return reply;
}

/* Whoever has the tile learns so from its name alone. */
static struct og_reply find_or_wait(const struct og_request *request, enum og_status named)
{
    enum og_route_kind kind = request->route->kind;
    if (named != OG_OK)
        return og_reply_status(kind, named);
    struct og_tile_name *name = request->pending;
    struct og_validators validators = {name->content, name->edition.modified_s};
    bool misnamed = !og_generation_is_asked(request->head->generation, name->edition.generation);
    bool unchanged = og_validators_match(&validators, OG_CODING_IDENTITY, request->head);
    struct og_buf *buf = unchanged ? NULL : og_engine_find(request->site->engine, name, request->metrics);
    struct og_reply reply;
    if (unchanged)
        reply = og_reply_unchanged(kind, validators);
    else if (buf)
        reply = og_reply_buf(kind, TILE_TYPE, buf, validators);
    else
        reply = og_reply_status(kind, OG_PENDING);
    reply.validators = validators;
    reply.misnamed = misnamed;
    if (reply.status != OG_PENDING)
        og_tile_name_release(name);
    return reply;
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
