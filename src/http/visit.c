/* SPDX-License-Identifier: MIT */
#include "http/visit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "http/access_log.h"
#include "http/forwarded.h"

struct og_visit og_visit_begin(const char *method, const char *path, unsigned lane, uint64_t number)
{
    return (struct og_visit){
        .method = method, .path = path, .since_ns = og_clock_monotonic_ns(), .lane = lane, .number = number};
}

static enum og_timer timer_of(const struct og_visit *visit, const struct og_reply *reply)
{
    if (visit->waited)
        return OG_TIME_ANSWER_MISS;
    return og_route_is_tile(reply->route) && reply->kind == OG_REPLY_BODY ? OG_TIME_ANSWER_HIT : OG_TIME_ANSWER_OTHER;
}

static const char *cache_word(enum og_timer timer)
{
    return timer == OG_TIME_ANSWER_MISS ? "miss" : timer == OG_TIME_ANSWER_HIT ? "hit" : "none";
}

static void write_about(const struct og_visit *visit, struct og_site *site, struct og_metrics_block *metrics,
                        const struct og_access *access)
{
    if (site->access_log)
        og_access_log_note(site->access_log, visit->lane, metrics, access);
    if (access->code == 500 && site->log)
        og_log_request(site->log, OG_LOG_ERROR, "http", access->request, "%s %.200s from %s is answered with 500",
                       access->method, access->path, access->client);
}

void og_visit_end(const struct og_visit *visit, struct og_site *site, struct og_metrics_block *metrics,
                  const struct og_reply *reply, uint64_t bytes, const struct og_head *head,
                  const struct sockaddr *client)
{
    enum og_timer timer = timer_of(visit, reply);
    uint64_t duration_ns = og_clock_monotonic_ns() - visit->since_ns;
    og_site_count(metrics, reply, bytes);
    og_time(metrics, timer, duration_ns);
    unsigned code = og_reply_code(reply);
    if (!site->access_log && code != 500)
        return;
    char name[OG_CLIENT_TEXT], request[OG_REQUEST_ID_TEXT];
    og_client_print(head, site->forwarded, client, name);
    og_request_id_print(head, site->forwarded, request);
    if (request[0] == '\0')
        snprintf(request, sizeof request, "%08" PRIx32 "-%x-%" PRIx64, site->birth, visit->lane, visit->number);
    const struct og_access access = {.request = request,
                                     .client = name,
                                     .method = visit->method,
                                     .path = visit->path,
                                     .cache = cache_word(timer),
                                     .code = code,
                                     .bytes = bytes,
                                     .duration_ns = duration_ns};
    write_about(visit, site, metrics, &access);
}
