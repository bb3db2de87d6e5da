/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_ROUTE_H
#define OG_HTTP_ROUTE_H
/*
 * og_route: what a request's raw path asks for. A strict parser: nothing is unescaped, normalised or forgiven, because
 * every path that Origami hands out is made of [A-Za-z0-9._-] and '/'.
 *
 *     /                                    /slides                        /metrics
 *     /viewer/<slide>                      /slides/<slide>                /healthz
 *     /assets/<name>                       /slides/<slide>/thumbnail.jpg  /readyz
 *     /tiles/<slide>/<level>/<x>_<y>.jpg   /dzi/<slide>.dzi               /dzi/<slide>_files/<level>/<x>_<y>.jpg
 *
 * Malformed is a path with any other byte, an empty, "." or ".." segment, a slide's id that no slide can have, or a
 * number that is signed, padded with zeros or longer than ten digits. Whether slide and tile exist is asked elsewhere.
 *
 * Threads:   pure. Ownership: `id` points into the path.
 * Errors:    OG_INVALID for the malformed, OG_NOT_FOUND for the well-formed that no endpoint serves. `kind` then still
 *            says what the path looked like, for counters and headers; the other members mean nothing.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum og_route_kind {
    OG_ROUTE_NONE,
    OG_ROUTE_GALLERY,
    OG_ROUTE_VIEWER,
    OG_ROUTE_ASSET,
    OG_ROUTE_TILE,
    OG_ROUTE_DZI,
    OG_ROUTE_SLIDES,
    OG_ROUTE_SLIDE,
    OG_ROUTE_THUMBNAIL,
    OG_ROUTE_METRICS,
    OG_ROUTE_HEALTH,
    OG_ROUTE_READY,
    OG_ROUTE_KINDS
};

struct og_route {
    enum og_route_kind kind;
    const char *id; /* a slide's id or an asset's name, not terminated; else NULL */
    size_t id_length;
    uint64_t level, x, y; /* of a tile: at most ten digits each, not yet checked against a grid */
};

OG_CHECKED enum og_status og_route_parse(const char *path, size_t length, struct og_route *out);

#endif
