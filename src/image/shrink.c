/* SPDX-License-Identifier: MIT */
#include "image/shrink.h"

#include <stdlib.h>

#include "base/tile.h"

enum { T = OG_TILE_SIZE, PLANE = T * T };

/* Six planes: three to halve from, three to halve to, then the other way round. */
struct sheets {
    uint8_t sample[2][3][PLANE];
};

static struct og_plane sheet(struct sheets *sheets, unsigned side, int component, int width, int height)
{
    return (struct og_plane){.data = sheets->sample[side][component], .stride = T, .width = width, .height = height};
}

enum og_status og_shrink(const struct og_kernels *kernels, struct og_jpeg_decoder *decoder,
                         struct og_jpeg_encoder *encoder, struct og_span tables, struct og_span tile, int width,
                         int height, unsigned times, int quality, struct og_span *out, struct og_error *err)
{
    struct sheets *sheets = calloc(1, sizeof *sheets);
    if (!sheets)
        return og_error_set(err, OG_NO_MEMORY, "out of memory while shrinking a tile");
    struct og_plane planes[3];
    for (int c = 0; c < 3; c++)
        planes[c] = sheet(sheets, 0, c, T, T);
    enum og_status status = og_jpeg_decode(decoder, tables, tile, 3, planes, err);
    if (status == OG_OK) {
        for (unsigned i = 0; i < times; i++) {
            int w = (width + 1) / 2, h = (height + 1) / 2;
            for (int c = 0; c < 3; c++) {
                struct og_plane from = sheet(sheets, i % 2, c, width, height);
                planes[c] = sheet(sheets, (i + 1) % 2, c, w, h);
                kernels->halve(&from, &planes[c]);
            }
            width = w;
            height = h;
        }
        for (int c = 0; c < 3; c++) {
            planes[c].width = (width + 7) / 8 * 8; /* the encoder's blocks hold nothing foreign */
            planes[c].height = height;
            og_plane_pad(&planes[c], width, height);
        }
        struct og_jpeg_recipe recipe = {.components = 3, .quality = quality};
        status = og_jpeg_encode(encoder, &recipe, planes, width, height, out, err);
    }
    free(sheets);
    return status;
}
