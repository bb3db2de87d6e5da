/* SPDX-License-Identifier: MIT */
#include "static_tiles.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <vips/vips.h>

#include "tool/picture.h"

static double weigh_and_remove(char *folder)
{
    double sum = 0;
    char *const roots[] = {folder, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL, NULL);
    for (FTSENT *entry; walk && (entry = fts_read(walk));) {
        sum += entry->fts_info == FTS_F ? (double)entry->fts_statp->st_size : 0;
        if (entry->fts_info == FTS_F || entry->fts_info == FTS_DP)
            remove(entry->fts_accpath);
    }
    if (walk)
        fts_close(walk);
    return sum;
}

double static_tiles_bytes(const struct og_source *source, int quality, const char *folder)
{
    struct og_error err = {0};
    char picture[512], tiles[512], document[512], suffix[32];
    snprintf(picture, sizeof picture, "%s/.static.v", folder);
    snprintf(tiles, sizeof tiles, "%s/static_files", folder);
    snprintf(document, sizeof document, "%s/static.dzi", folder);
    snprintf(suffix, sizeof suffix, ".jpg[Q=%d]", quality);
    if (og_picture_write(source, picture, 0, true, &err) != OG_OK) {
        fprintf(stderr, "bench: %s\n", err.text);
        exit(1);
    }
    VipsImage *image = vips_image_new_from_file(picture, NULL);
    g_autofree char *name = g_strconcat(folder, "/static", NULL);
    if (!image || vips_dzsave(image, name, "tile_size", 256, "overlap", 0, "suffix", suffix, NULL)) {
        fprintf(stderr, "bench: %s", vips_error_buffer());
        exit(1);
    }
    g_object_unref(image);
    unlink(picture);
    unlink(document);
    return weigh_and_remove(tiles);
}
