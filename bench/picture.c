/* SPDX-License-Identifier: MIT */
#include "picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/kernels.h"

enum { ROWS = 64 };

static void *room(size_t bytes)
{
    void *made = malloc(bytes);
    if (!made) {
        fprintf(stderr, "bench: no memory for a picture\n");
        exit(1);
    }
    return made;
}

static void give_up(const struct og_error *err)
{
    fprintf(stderr, "bench: %s\n", err->text);
    exit(1);
}

static void read_pixels(struct picture *p)
{
    const struct og_source *source = p->source;
    int width = (int)p->pyramid.width, height = (int)p->pyramid.height;
    struct og_error err = {0};
    void *reader;
    if (og_source_reader_new(source, &reader, &err) != OG_OK)
        give_up(&err);
    for (int y = 0; y < height; y += ROWS) {
        struct og_rect strip = {0, y, width, height - y < ROWS ? height - y : ROWS};
        if (source->kind->read(reader, strip, p->rgb[0] + (size_t)y * (size_t)width * 3, 3 * (ptrdiff_t)width, &err) !=
            OG_OK)
            give_up(&err);
    }
    og_source_reader_destroy(source, reader);
}

static void add_level(struct picture *p, unsigned depth)
{
    const struct og_kernels *kernels = og_kernels_choose();
    struct og_extent size = og_pyramid_size(&p->pyramid, depth);
    size_t pixels = (size_t)size.width * size.height;
    struct og_plane *planes = p->planes[depth];
    p->rgb[depth] = room(3 * pixels);
    for (unsigned i = 0; i < 3; i++)
        planes[i] = (struct og_plane){room(pixels), size.width, (int)size.width, (int)size.height};
    if (depth == 0) {
        read_pixels(p);
        kernels->rgb_to_ycc(p->rgb[0], pixels, planes[0].data, planes[1].data, planes[2].data);
        return;
    }
    for (unsigned i = 0; i < 3; i++)
        kernels->halve(&p->planes[depth - 1][i], &planes[i]);
    kernels->ycc_to_rgb(planes[0].data, planes[1].data, planes[2].data, pixels, p->rgb[depth]);
}

struct picture *picture_new(const char *name, struct og_source *source)
{
    struct picture *p = room(sizeof *p);
    *p = (struct picture){.source = source};
    snprintf(p->name, sizeof p->name, "%s", name);
    if (!og_pyramid_make(source->facts.width, source->facts.height, OG_TILE_SIZE, 0, &p->pyramid))
        exit(1);
    p->levels = og_pyramid_last_depth(&p->pyramid) + 1;
    for (unsigned depth = 0; depth < p->levels; depth++)
        add_level(p, depth);
    return p;
}

void picture_free(struct picture **picture)
{
    struct picture *p = *picture;
    *picture = NULL;
    og_source_close(&p->source);
    for (unsigned depth = 0; depth < p->levels; depth++) {
        free(p->rgb[depth]);
        for (unsigned i = 0; i < 3; i++)
            free(p->planes[depth][i].data);
    }
    free(p);
}

uint64_t picture_tiles(const struct picture *picture)
{
    uint64_t sum = 0;
    for (unsigned depth = 0; depth < picture->levels; depth++)
        sum += og_pyramid_tiles(&picture->pyramid, depth);
    return sum;
}

struct og_tally_source picture_tile(const struct picture *p, unsigned depth, uint32_t x, uint32_t y)
{
    struct og_extent size = og_pyramid_tile(&p->pyramid, depth, x, y);
    struct og_rect area = {(int)x * OG_TILE_SIZE, (int)y * OG_TILE_SIZE, (int)size.width, (int)size.height};
    struct og_tally_source tile = {.rgb_stride = 3 * p->planes[depth][0].stride};
    tile.rgb = p->rgb[depth] + area.y * tile.rgb_stride + 3 * (ptrdiff_t)area.x;
    for (unsigned i = 0; i < 3; i++)
        tile.planes[i] = og_plane_part(p->planes[depth][i], area);
    return tile;
}

struct og_plane picture_pad(const struct og_plane *from, uint8_t *samples, int side)
{
    struct og_plane out = {samples, side, side, side};
    for (int y = 0; y < from->height; y++)
        memcpy(samples + (ptrdiff_t)y * side, from->data + y * from->stride, (size_t)from->width);
    og_plane_pad(&out, from->width, from->height);
    return out;
}
