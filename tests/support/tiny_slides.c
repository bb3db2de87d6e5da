/* SPDX-License-Identifier: MIT */
#include "support/tiny_slides.h"

#include <stdio.h>

void tiny_deepzoom(const struct folder *folder, const char *name, unsigned side)
{
    char path[320], text[160];
    for (unsigned level = 0; level < 2; level++) {
        snprintf(path, sizeof path, "%s_files/%u/0_0.jpg", name, level);
        folder_write_text(folder, path, "tile");
    }
    snprintf(path, sizeof path, "%s.dzi", name);
    snprintf(text, sizeof text, "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='%u' Height='%u'/></Image>",
             side, side);
    folder_write_text(folder, path, text);
}

void tiny_published(const struct folder *folder, const char *name)
{
    char base[280];
    snprintf(base, sizeof base, "%s/baseline_pyramid", name);
    tiny_deepzoom(folder, base, 1);
}
