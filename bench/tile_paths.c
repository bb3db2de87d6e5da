/* SPDX-License-Identifier: MIT */
#include "tile_paths.h"

#include <stdio.h>
#include <stdlib.h>

void tile_paths_add(struct tile_paths *list, const char *slide, const struct og_pyramid *pyramid, unsigned last_depth)
{
    for (unsigned depth = 0; depth <= last_depth; depth++) {
        struct og_extent grid = og_pyramid_grid(pyramid, depth);
        size_t tiles = (size_t)grid.width * grid.height;
        list->paths = realloc(list->paths, (list->count + tiles) * sizeof *list->paths);
        for (uint32_t i = 0; list->paths && i < tiles; i++)
            if (asprintf(&list->paths[list->count++], "/tiles/%s/%u/%u_%u.jpg", slide, pyramid->top - depth,
                         i % grid.width, i / grid.width) < 0)
                list->paths = NULL;
        if (!list->paths) {
            fprintf(stderr, "bench: no memory for the paths of tiles\n");
            exit(1);
        }
    }
}

void tile_paths_free(struct tile_paths *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct tile_paths){0};
}
