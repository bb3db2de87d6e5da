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

static const enum og_asked asked[OG_ROUTE_KINDS] = {
    [OG_ROUTE_NONE] = OG_ASKED_NOTHING,    [OG_ROUTE_GALLERY] = OG_ASKED_PAGE,
    [OG_ROUTE_VIEWER] = OG_ASKED_PAGE,     [OG_ROUTE_ASSET] = OG_ASKED_PAGE,
    [OG_ROUTE_TILE] = OG_ASKED_TILE,       [OG_ROUTE_DZI] = OG_ASKED_DZI,
    [OG_ROUTE_SLIDES] = OG_ASKED_SLIDES,   [OG_ROUTE_SLIDE] = OG_ASKED_SLIDES,
    [OG_ROUTE_METRICS] = OG_ASKED_METRICS, [OG_ROUTE_THUMBNAIL] = OG_ASKED_THUMBNAIL,
    [OG_ROUTE_HEALTH] = OG_ASKED_HEALTH,   [OG_ROUTE_READY] = OG_ASKED_HEALTH,
};

void og_site_count(struct og_metrics_block *metrics, const struct og_reply *reply, size_t body_bytes)
{
    og_count_answer(metrics, asked[reply->route], og_reply_code(reply));
    og_count(metrics, OG_COUNT_HTTP_BYTES, body_bytes);
}
