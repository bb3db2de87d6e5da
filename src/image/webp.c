/* SPDX-License-Identifier: MIT */
#include "image/webp.h"

#include <assert.h>
#include <string.h>
#include <webp/decode.h>

#include "base/tile.h"
#include "image/kernels.h"

bool og_webp_is(struct og_span stream)
{
    return stream.size >= 12 && memcmp(stream.data, "RIFF", 4) == 0 && memcmp(stream.data + 8, "WEBP", 4) == 0;
}

static enum og_status judge(struct og_span stream, const struct og_plane *plane, struct og_error *err)
{
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(stream.data, stream.size, &features) != VP8_STATUS_OK)
        return og_error_set(err, OG_DAMAGED, "not a WebP stream, or one whose header is damaged");
    if (features.has_animation || features.has_alpha)
        return og_error_set(err, OG_DAMAGED, "a WebP stream with %s",
                            features.has_animation ? "an animation" : "transparency");
    if (features.width != plane->width || features.height != plane->height)
        return og_error_set(err, OG_DAMAGED, "a WebP stream of %d x %d where %d x %d is due", features.width,
                            features.height, plane->width, plane->height);
    return OG_OK;
}

enum og_status og_webp_decode_grey(struct og_span stream, const struct og_plane *plane, struct og_error *err)
{
    assert(plane->width <= OG_TILE_SIZE);
    enum og_status status = judge(stream, plane, err);
    if (status != OG_OK)
        return status;
    int width, height;
    uint8_t *rgb = WebPDecodeRGB(stream.data, stream.size, &width, &height);
    if (!rgb)
        return og_error_set(err, OG_DAMAGED, "the WebP stream is damaged");
    uint8_t chroma[2][OG_TILE_SIZE];
    for (int y = 0; y < plane->height; y++)
        og_kernels_scalar.rgb_to_ycc(rgb + 3 * (ptrdiff_t)plane->width * y, (size_t)plane->width,
                                     plane->data + y * plane->stride, chroma[0], chroma[1]);
    WebPFree(rgb);
    return OG_OK;
}
