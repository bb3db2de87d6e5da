/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "tool/source.h"
#include "tool/tissue.h"

static enum og_status read_area(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride, struct og_error *err)
{
    (void)err;
    og_tissue_render(reader, (uint32_t)area.x, (uint32_t)area.y, (uint32_t)area.width, (uint32_t)area.height, rgb,
                     stride);
    return OG_OK;
}

static const struct og_source_kind tissue_kind = {.read = read_area, .close = free};

enum og_status og_source_open_tissue(const struct og_tissue *tissue, struct og_source **out, struct og_error *err)
{
    struct og_source *source = *out = calloc(1, sizeof *source);
    struct og_tissue *own = malloc(sizeof *own);
    if (!source || !own) {
        free(source);
        free(own);
        *out = NULL;
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    }
    *own = *tissue;
    source->kind = &tissue_kind;
    source->state = own;
    source->facts = (struct og_source_facts){
        .width = tissue->width,
        .height = tissue->height,
        .mpp_x = OG_TISSUE_MPP,
        .mpp_y = OG_TISSUE_MPP,
        .magnification = OG_TISSUE_MAGNIFICATION,
        .vendor = "origami demo",
        .icc = "srgb",
    };
    snprintf(source->facts.name, sizeof source->facts.name, "demo tissue %u x %u, seed %u, %u %% glass", tissue->width,
             tissue->height, tissue->seed, tissue->glass);
    return OG_OK;
}
