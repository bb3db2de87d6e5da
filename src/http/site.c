/* SPDX-License-Identifier: MIT */
#include "http/site.h"

#include "http/endpoints.h"

static og_endpoint *const endpoints[OG_ROUTE_KINDS] = {
    [OG_ROUTE_GALLERY] = og_answer_gallery, [OG_ROUTE_VIEWER] = og_answer_viewer,
    [OG_ROUTE_ASSET] = og_answer_asset,     [OG_ROUTE_TILE] = og_answer_tile,
    [OG_ROUTE_DZI] = og_answer_dzi,         [OG_ROUTE_SLIDES] = og_answer_slides,
    [OG_ROUTE_SLIDE] = og_answer_slide,     [OG_ROUTE_THUMBNAIL] = og_answer_thumbnail,
    [OG_ROUTE_METRICS] = og_answer_metrics, [OG_ROUTE_HEALTH] = og_answer_health,
    [OG_ROUTE_READY] = og_answer_ready,
};

struct og_reply og_site_answer(struct og_site *site, const char *path, size_t length, struct og_metrics_block *metrics,
                               struct og_tile_name *name)
{
    struct og_route route;
    enum og_status status = og_route_parse(path, length, &route);
    if (status != OG_OK)
        return og_reply_status(route.kind, status);
    struct og_request request = {.site = site, .route = &route, .metrics = metrics, .pending = name};
    return endpoints[route.kind](&request);
}

static enum og_counter counter_of(const struct og_reply *reply)
{
    bool tile = og_route_is_tile(reply->route);
    unsigned code = og_reply_code(reply);
    if (code < 400)
        return tile ? OG_COUNT_HTTP_TILE_OK : OG_COUNT_HTTP_OTHER_OK;
    if (code < 500)
        return tile ? OG_COUNT_HTTP_TILE_CLIENT_ERROR : OG_COUNT_HTTP_OTHER_CLIENT_ERROR;
    return tile ? OG_COUNT_HTTP_TILE_SERVER_ERROR : OG_COUNT_HTTP_OTHER_SERVER_ERROR;
}

void og_site_count(struct og_metrics_block *metrics, const struct og_reply *reply, size_t body_bytes)
{
    og_count(metrics, counter_of(reply), 1);
    og_count(metrics, OG_COUNT_HTTP_BYTES, body_bytes);
}
