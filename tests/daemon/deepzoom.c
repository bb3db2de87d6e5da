/* SPDX-License-Identifier: MIT */
#include "daemon/deepzoom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/jpeg.h"

#define SIDE 256

struct og_pyramid deepzoom_pyramid(uint32_t width, uint32_t height)
{
    struct og_pyramid pyramid;
    if (!og_pyramid_make(width, height, SIDE, 0, &pyramid))
        abort();
    return pyramid;
}

static void paint(const struct og_plane *plane, unsigned seed)
{
    for (int y = 0; y < plane->height; y++)
        for (int x = 0; x < plane->width; x++)
            plane->data[y * plane->stride + x] = (uint8_t)(seed + (unsigned)(x / 16 * 3 + y / 16 * 5));
}

struct og_buf *deepzoom_tile(const struct og_pyramid *pyramid, unsigned shade, uint32_t level, uint32_t x, uint32_t y)
{
    static const struct og_jpeg_recipe recipe = {.components = 3, .quality = 90};
    struct og_extent size = og_pyramid_tile(pyramid, pyramid->top - level, x, y);
    struct og_plane planes[3];
    struct og_jpeg_encoder *encoder = og_jpeg_encoder_new();
    struct og_span jpeg;
    struct og_error err;
    const unsigned seeds[3] = {shade + 40 * level, 16 * x + 7 * level, 16 * y + 11 * shade};
    for (int i = 0; i < 3; i++) {
        planes[i] = (struct og_plane){malloc((size_t)SIDE * SIDE), SIDE, SIDE, SIDE};
        paint(&planes[i], seeds[i]);
    }
    if (og_jpeg_encode(encoder, &recipe, planes, (int)size.width, (int)size.height, &jpeg, &err) != OG_OK)
        abort();
    struct og_buf *buf = og_buf_copy(jpeg.data, jpeg.size);
    og_jpeg_encoder_destroy(&encoder);
    for (int i = 0; i < 3; i++)
        free(planes[i].data);
    return buf;
}

void deepzoom_write(const struct folder *folder, const char *name, uint32_t width, uint32_t height, unsigned shade)
{
    struct og_pyramid pyramid = deepzoom_pyramid(width, height);
    char path[256], text[512];
    for (uint32_t level = 0; level <= pyramid.top; level++) {
        struct og_extent grid = og_pyramid_grid(&pyramid, pyramid.top - level);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            struct og_buf *tile = deepzoom_tile(&pyramid, shade, level, i % grid.width, i / grid.width);
            snprintf(path, sizeof path, "%s_files/%u/%u_%u.jpg", name, level, i % grid.width, i / grid.width);
            folder_write(folder, path, tile->data, tile->size);
            og_buf_unref(&tile);
        }
    }
    snprintf(path, sizeof path, "%s.dzi", name);
    snprintf(text, sizeof text,
             "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" Format=\"jpg\" Overlap=\"0\" TileSize=\"%d\">"
             "<Size Width=\"%u\" Height=\"%u\"/></Image>",
             SIDE, width, height);
    folder_write_text(folder, path, text);
}
