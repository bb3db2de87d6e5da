/* SPDX-License-Identifier: MIT */
#ifndef OG_HTTP_ASSETS_H
#define OG_HTTP_ASSETS_H
/*
 * The gallery and the viewer: files of viewer/ and OpenSeadragon, linked into the program as they are.
 *
 * Threads:   pure functions over constant data. Ownership: everything lives as long as the program. Errors: none.
 */
#include <stddef.h>

struct og_asset {
    const char *name; /* what follows /assets/ in its path, or a page's: gallery.html and viewer.html */
    const char *content_type;
    const unsigned char *data, *end;
};

size_t og_assets_count(void);
const struct og_asset *og_asset_at(size_t index);

#endif
