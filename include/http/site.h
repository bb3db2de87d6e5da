/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_SITE_H
#define OG_HTTP_SITE_H
/*
 * og_site: everything that the endpoints may look at, and the one way from a request to a reply.
 *
 * Threads:   answer and tile from any event thread, each with its own metrics block; open and close from one;
 *            `stopping` is written by whoever stops the server and read by all (H1: the store releases, H2: the loads
 *            acquire).
 * Ownership: the site borrows engine, metrics, version and logs; a reply and a tile name are handed out owned.
 * Errors:    in the reply. OG_PENDING says that the engine has to make the tile that `name` holds. open says in `err`
 *            what is wrong with the base path.
 */
#include <stdatomic.h>
#include <stdbool.h>

#include "base/log.h"
#include "engine/engine.h"
#include "http/head.h"
#include "http/reply.h"
#include "http/route.h"
#include "http/shelf.h"

#define OG_BASE_PATH_MAX 128

struct og_access_log;
struct og_scrapes;

struct og_site_options {
    struct og_engine *engine;
    struct og_metrics *metrics;
    const char *version;
    const char *base_path;                     /* "/" or "/origami": what every path begins with */
    uint64_t cache_max_age;                    /* seconds; 0: caches ask each time */
    bool cache_private;                        /* only the browser's own cache may keep answers */
    bool forwarded;                            /* who connects is a proxy, and believed when it says who asks */
    uint64_t memory_bound, memory_bound_slide; /* what the process may come to use; each slide adds the second */
    struct og_log *log;
    struct og_access_log *access_log; /* NULL: none is kept */
    uint32_t birth;                   /* stands in the names of requests: another number after a restart */
};

struct og_site {
    struct og_engine *engine;
    struct og_metrics *metrics;
    const char *version;
    struct og_shelf *shelf;
    struct og_manners manners;
    char base[OG_BASE_PATH_MAX]; /* without its last slash: "" or "/origami" */
    size_t base_length;
    bool forwarded;
    uint64_t memory_bound, memory_bound_slide;
    struct og_log *log;
    struct og_access_log *access_log;
    uint32_t birth;
    atomic_bool stopping;
    struct og_scrapes *scrapes; /* answers to /metrics */
};

/* "/", or segments of [A-Za-z0-9._-], each behind a slash, none of them "." or ".."; one more slash may end it. */
bool og_base_path_is_good(const char *text);

OG_CHECKED enum og_status og_site_open(const struct og_site_options *options, struct og_site *out,
                                       struct og_error *err);
void og_site_close(struct og_site *site);

/*
 * What the site answers to a path. With OG_PENDING in the reply `name` is owned by the caller, who submits it to the
 * engine and answers with og_site_tile when it is done; otherwise `name` is untouched.
 */
struct og_reply og_site_answer(struct og_site *site, const struct og_head *head, const char *path, size_t length,
                               struct og_metrics_block *metrics, struct og_tile_name *name);

/* The reply for the tile that was `pending`, when the engine made it, or did not. Takes buf. */
struct og_reply og_site_tile(const struct og_reply *pending, enum og_status status, struct og_buf *buf,
                             const struct og_spent *spent);

bool og_site_is_stopping(const struct og_site *site);

/* Counts an answer that is about to be sent with `body_bytes` of body. */
void og_site_count(struct og_metrics_block *metrics, const struct og_reply *reply, size_t body_bytes);

#endif
