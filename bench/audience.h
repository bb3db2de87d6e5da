/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_AUDIENCE_H
#define OG_BENCH_AUDIENCE_H
/*
 * Viewers on the paths of paths.h before any server of tiles: six kept-alive connections for each of them, as browsers
 * have, and its requests in the order in which they came up. Open loop: fields begin when the person moves on. The time
 * to a complete field of view counts from its moment until the last of its tiles is here, those included that an
 * earlier field asked for; fields of which everything is here already are left out, and so are thumbnails.
 *
 * Threads:   one, the caller's.
 * Ownership: run returns owned times, which audience_free gives back.
 * Errors:    answers other than 200 are counted; their fields are left out.
 */
#include <stddef.h>
#include <stdint.h>

#include "paths.h"

struct audience_plan {
    uint16_t port;
    const char *url; /* path of a tile, with {slide}, {level}, {x} and {y} */
    const char *slide;
    struct paths_plan paths; /* of one slide */
    double seconds;          /* fields begin within them */
};

struct audience_result {
    double *fields; /* milliseconds, from the shortest to the longest */
    size_t count;
    double tiles, failed, bytes;
};

struct audience_result audience_run(const struct audience_plan *plan);
void audience_free(struct audience_result *result);

#endif
