/* SPDX-License-Identifier: MIT */
#include "tool/tissue_slide.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/cmocka_all.h"
#include "tool/encode.h"

void slide_encode(const struct folder *folder, const char *name, const struct og_tissue *tissue)
{
    static const struct og_encode_options options = {.wish = {.l0_step = 10, .trellis = true}, .threads = 2};
    struct og_encode_result result;
    struct og_source *source;
    struct og_error err;
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    if (og_source_open_tissue(tissue, &source, &err) != OG_OK ||
        og_encode(source, path, &options, &result, &err) != OG_OK)
        fail_msg("%s", err.text);
    og_source_close(&source);
}

struct og_slide *slide_open(const struct folder *folder, const char *name)
{
    struct og_slide *slide;
    struct og_error err;
    if (og_slide_open(folder->fd, name, 1, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    return slide;
}

int rebuilt_make(void **state, uint32_t width, uint32_t height, uint32_t seed, unsigned glass)
{
    struct rebuilt *r = *state = calloc(1, sizeof *r);
    r->folder = folder_make();
    r->rebuilder = og_rebuilder_new();
    og_tissue_make(width, height, seed, glass, &r->tissue);
    slide_encode(r->folder, "s.tif", &r->tissue);
    r->slide = slide_open(r->folder, "s.tif");
    return 0;
}

int rebuilt_end(void **state)
{
    struct rebuilt *r = *state;
    og_rebuilder_destroy(&r->rebuilder);
    og_slide_unref(&r->slide);
    folder_remove(&r->folder);
    free(r);
    return 0;
}
