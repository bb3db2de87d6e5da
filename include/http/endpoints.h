/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_ENDPOINTS_H
#define OG_HTTP_ENDPOINTS_H
/*
 * The endpoints: plain functions from a parsed route to a reply, one file per group. site.c holds the table of them.
 *
 * Threads, Ownership, Errors: as og_site_answer, whose arguments they get.
 */
#include "http/site.h"

struct og_request {
    struct og_site *site;
    const struct og_head *head;
    const struct og_route *route;
    struct og_metrics_block *metrics;
    struct og_tile_name *pending; /* set, and then owned by whoever asked, when the reply is OG_PENDING */
};

typedef struct og_reply og_endpoint(const struct og_request *request);

og_endpoint og_answer_tile, og_answer_thumbnail;                  /* tiles.c */
og_endpoint og_answer_dzi, og_answer_slides, og_answer_slide;     /* documents.c */
og_endpoint og_answer_gallery, og_answer_viewer, og_answer_asset; /* pages.c */
og_endpoint og_answer_metrics;                                    /* metrics.c */
og_endpoint og_answer_health, og_answer_ready;                    /* health.c */

#endif
