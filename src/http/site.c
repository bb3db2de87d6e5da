/* SPDX-License-Identifier: MIT */
#include "http/site.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "http/endpoints.h"
#include "scrapes.h"

static og_endpoint *const endpoints[OG_ROUTE_KINDS] = {
    [OG_ROUTE_GALLERY] = og_answer_gallery, [OG_ROUTE_VIEWER] = og_answer_viewer,
    [OG_ROUTE_ASSET] = og_answer_asset,     [OG_ROUTE_TILE] = og_answer_tile,
    [OG_ROUTE_DZI] = og_answer_dzi,         [OG_ROUTE_SLIDES] = og_answer_slides,
    [OG_ROUTE_SLIDE] = og_answer_slide,     [OG_ROUTE_THUMBNAIL] = og_answer_thumbnail,
    [OG_ROUTE_METRICS] = og_answer_metrics, [OG_ROUTE_HEALTH] = og_answer_health,
    [OG_ROUTE_READY] = og_answer_ready,
};

static bool is_segment(const char *text, size_t length)
{
    static const char bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return length > 0 && strspn(text, bytes) >= length && !(length == 1 && text[0] == '.') &&
           !(length == 2 && text[0] == '.' && text[1] == '.');
}

bool og_base_path_is_good(const char *text)
{
    if (text[0] != '/' || strlen(text) >= OG_BASE_PATH_MAX)
        return false;
    for (const char *at = text; at[1] != '\0';) {
        size_t length = strcspn(at + 1, "/");
        if (!is_segment(at + 1, length))
            return false;
        at += 1 + length;
        if (*at == '\0')
            break;
    }
    return true;
}

static void set_base(struct og_site *site, const char *path)
{
    size_t length = strlen(path);
    length -= path[length - 1] == '/';
    memcpy(site->base, path, length);
    site->base[length] = '\0';
    site->base_length = length;
    const char *slash = strrchr(site->base, '/');
    snprintf(site->manners.home, sizeof site->manners.home, "%s/", slash ? slash + 1 : "");
}

static void set_cache_control(struct og_manners *manners, const struct og_site_options *options)
{
    const char *whose = options->cache_private ? "private" : "public";
    snprintf(manners->ask_again, sizeof manners->ask_again, "%s, no-cache", whose);
    if (options->cache_max_age)
        snprintf(manners->cache_control, sizeof manners->cache_control, "%s, max-age=%llu, immutable", whose,
                 (unsigned long long)options->cache_max_age);
    else
        snprintf(manners->cache_control, sizeof manners->cache_control, "%s", manners->ask_again);
}

enum og_status og_site_open(const struct og_site_options *options, struct og_site *out, struct og_error *err)
{
    *out = (struct og_site){.engine = options->engine,
                            .metrics = options->metrics,
                            .version = options->version,
                            .forwarded = options->forwarded,
                            .memory_bound = options->memory_bound,
                            .memory_bound_slide = options->memory_bound_slide,
                            .log = options->log,
                            .access_log = options->access_log,
                            .birth = options->birth};
    if (!og_base_path_is_good(options->base_path))
        return og_error_set(err, OG_INVALID, "\"%.80s\" is not a path like / or /origami", options->base_path);
    set_base(out, options->base_path);
    set_cache_control(&out->manners, options);
    out->shelf = og_shelf_new();
    out->scrapes = og_scrapes_new(og_clock_monotonic_ns);
    if (out->shelf && out->scrapes)
        return OG_OK;
    og_site_close(out);
    return og_error_set(err, OG_NO_MEMORY, "no memory for the pages");
}

void og_site_close(struct og_site *site)
{
    og_shelf_destroy(&site->shelf);
    og_scrapes_destroy(&site->scrapes);
}

/* A body that came from the engine's or the shelf's memory: tiles are judged before they are looked for. */
static struct og_reply unless_unchanged(const struct og_request *request, struct og_reply reply)
{
    bool packed = og_route_is_packed(reply.route);
    enum og_coding coding = packed && request->head->takes_gzip ? OG_CODING_GZIP : OG_CODING_IDENTITY;
    if (reply.kind != OG_REPLY_BODY || reply.status != OG_OK || !packed ||
        !og_validators_match(&reply.validators, coding, request->head))
        return reply;
    og_reply_release(&reply);
    struct og_reply unchanged = og_reply_unchanged(reply.route, reply.validators);
    unchanged.misnamed = reply.misnamed;
    return unchanged;
}

static struct og_reply answer(const struct og_request *request)
{
    enum og_route_kind kind = request->route->kind;
    if (request->head->method == OG_METHOD_OPTIONS)
        return (struct og_reply){.kind = OG_REPLY_OPTIONS, .route = kind};
    return unless_unchanged(request, endpoints[kind](request));
}

/* "http://authority" of a request that names the whole address, as it may towards any server. */
static size_t origin_length(const char *path, size_t length)
{
    static const char scheme[] = "http://";
    const size_t n = sizeof scheme - 1;
    if (length <= n || strncasecmp(path, scheme, n) != 0 || path[n] == '/')
        return 0;
    const char *slash = memchr(path + n, '/', length - n);
    return slash ? (size_t)(slash - path) : length;
}

static const char *cut_origin(const char *path, size_t *length)
{
    size_t origin = origin_length(path, *length);
    if (origin > 0 && origin == *length) {
        *length = 1;
        return "/";
    }
    *length -= origin;
    return path + origin;
}

struct og_reply og_site_answer(struct og_site *site, const struct og_head *head, const char *path, size_t length,
                               struct og_metrics_block *metrics, struct og_tile_name *name)
{
    struct og_route route;
    if (head->method == OG_METHOD_OPTIONS && length == 1 && path[0] == '*') /* the server as a whole */
        return (struct og_reply){.kind = OG_REPLY_OPTIONS, .route = OG_ROUTE_NONE};
    if (length > 0 && path[0] != '/')
        path = cut_origin(path, &length);
    if (length < site->base_length || memcmp(path, site->base, site->base_length) != 0)
        return og_reply_status(OG_ROUTE_NONE, OG_NOT_FOUND);
    path += site->base_length;
    length -= site->base_length;
    if (length == 0 && site->base_length > 0)
        return (struct og_reply){.kind = OG_REPLY_ELSEWHERE, .route = OG_ROUTE_NONE};
    if (site->base_length > 0 && path[0] != '/')
        return og_reply_status(OG_ROUTE_NONE, OG_NOT_FOUND);
    enum og_status status = og_route_parse(path, length, &route);
    if (status != OG_OK)
        return og_reply_status(route.kind, status);
    struct og_request request = {.site = site, .head = head, .route = &route, .metrics = metrics, .pending = name};
    return answer(&request);
}

static const enum og_asked asked[OG_ROUTE_KINDS] = {
    [OG_ROUTE_NONE] = OG_ASKED_NOTHING,    [OG_ROUTE_GALLERY] = OG_ASKED_PAGE,
    [OG_ROUTE_VIEWER] = OG_ASKED_PAGE,     [OG_ROUTE_ASSET] = OG_ASKED_PAGE,
    [OG_ROUTE_TILE] = OG_ASKED_TILE,       [OG_ROUTE_DZI] = OG_ASKED_DZI,
    [OG_ROUTE_SLIDES] = OG_ASKED_SLIDES,   [OG_ROUTE_SLIDE] = OG_ASKED_SLIDES,
    [OG_ROUTE_METRICS] = OG_ASKED_METRICS, [OG_ROUTE_THUMBNAIL] = OG_ASKED_THUMBNAIL,
    [OG_ROUTE_HEALTH] = OG_ASKED_HEALTH,   [OG_ROUTE_READY] = OG_ASKED_HEALTH,
};

bool og_site_is_stopping(const struct og_site *site)
{
    return atomic_load_explicit(&site->stopping, memory_order_acquire); /* H2 pairs with H1 */
}

void og_site_count(struct og_metrics_block *metrics, const struct og_reply *reply, size_t body_bytes)
{
    og_count_answer(metrics, asked[reply->route], og_reply_code(reply));
    og_count(metrics, OG_COUNT_HTTP_BYTES, body_bytes);
}
