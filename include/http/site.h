/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SITE_H
#define OG_HTTP_SITE_H
/*
 * og_site: everything that the endpoints may look at, and the one way from a route to a reply.
 *
 * Threads:   answer and miss from any event thread, each with its own metrics block; `stopping` is written by whoever
 *            stops the server and read by all (H1: the store releases, H2: the loads acquire).
 * Ownership: the site borrows engine and metrics; a reply and a tile name are handed out owned.
 * Errors:    in the reply. OG_PENDING says that the engine has to make the tile that `name` holds.
 */
#include <stdatomic.h>
#include <stdbool.h>

#include "base/log.h"
#include "engine/engine.h"
#include "http/reply.h"
#include "http/route.h"

struct og_access_log;

struct og_site {
    struct og_engine *engine;
    struct og_metrics *metrics;
    const char *version;
    struct og_log *log;               /* borrowed */
    struct og_access_log *access_log; /* borrowed; NULL: none is kept */
    uint32_t birth;                   /* stands in the names of requests: another number after a restart */
    atomic_bool stopping;
};

/*
 * What the site answers to a path. With OG_PENDING in the reply `name` is owned by the caller, who submits it to the
 * engine and answers with og_site_tile when it is done; otherwise `name` is untouched.
 */
struct og_reply og_site_answer(struct og_site *site, const char *path, size_t length, struct og_metrics_block *metrics,
                               struct og_tile_name *name);

/* The reply for a tile or thumbnail that the engine made, or not. Takes buf. */
struct og_reply og_site_tile(enum og_route_kind route, enum og_status status, struct og_buf *buf);

/* Counts an answer that is about to be sent with `body_bytes` of body. */
void og_site_count(struct og_metrics_block *metrics, const struct og_reply *reply, size_t body_bytes);

#endif
