/* SPDX-License-Identifier: MIT */
#ifndef OG_BENCH_TILE_PATHS_H
#define OG_BENCH_TILE_PATHS_H
/*
 * The paths of tiles at a server of ours, for whoever asks for them at random.
 *
 * Threads:   a value; one thread at a time.
 * Ownership: begins as {0}; add fills it, free gives the texts back.
 * Errors:    no memory ends the program.
 */
#include <stddef.h>

#include "slide/pyramid.h"

struct tile_paths {
    char **paths;
    size_t count;
};

/* Every tile from full size to `last_depth`. */
void tile_paths_add(struct tile_paths *list, const char *slide, const struct og_pyramid *pyramid, unsigned last_depth);
void tile_paths_free(struct tile_paths *list);

#endif
