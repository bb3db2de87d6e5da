/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "support/rrip.h"

enum { T = RRIP_T };

static void must(bool good)
{
    if (!good)
        abort();
}

static struct og_buf *code_jpeg(const struct rrip_recipe *recipe, const uint8_t *samples)
{
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    tjhandle handle = tjInitCompress();
    int flags = TJFLAG_ACCURATEDCT | (recipe->stream == RRIP_PROGRESSIVE ? TJFLAG_PROGRESSIVE : 0);
    must(tjCompress2(handle, samples, T, 0, T, TJPF_GRAY, &bytes, &size, TJSAMP_GRAY, recipe->quality, flags) == 0);
    struct og_buf *buf = og_buf_copy(bytes, size);
    tjFree(bytes);
    tjDestroy(handle);
    return buf;
}

static struct og_buf *code_webp(const struct rrip_recipe *recipe, const uint8_t *samples)
{
    static uint8_t rgb[3 * T * T];
    uint8_t *bytes = NULL;
    for (int i = 0; i < 3 * T * T; i++)
        rgb[i] = samples[i / 3];
    size_t size = recipe->stream == RRIP_WEBP ? WebPEncodeRGB(rgb, T, T, 3 * T, (float)recipe->quality, &bytes)
                                              : WebPEncodeLosslessRGB(rgb, T, T, 3 * T, &bytes);
    must(size > 0);
    struct og_buf *buf = og_buf_copy(bytes, size);
    WebPFree(bytes);
    return buf;
}

struct og_buf *rrip_code_grey(const struct rrip_recipe *recipe, const uint8_t *samples)
{
    return recipe->stream == RRIP_JPEG || recipe->stream == RRIP_PROGRESSIVE ? code_jpeg(recipe, samples)
                                                                             : code_webp(recipe, samples);
}

static void decode_jpeg(const struct og_buf *stream, int format, uint8_t *pixels, int *width, int *height)
{
    int chroma, space;
    tjhandle handle = tjInitDecompress();
    must(tjDecompressHeader3(handle, stream->data, stream->size, width, height, &chroma, &space) == 0);
    must(*width <= T && *height <= T);
    must(tjDecompress2(handle, stream->data, stream->size, pixels, *width, 0, *height, format, TJFLAG_ACCURATEDCT) ==
         0);
    tjDestroy(handle);
}

void rrip_decode_grey(const struct og_buf *stream, uint8_t *samples)
{
    int width, height;
    if (memcmp(stream->data, "RIFF", 4) != 0) {
        decode_jpeg(stream, TJPF_GRAY, samples, &width, &height);
        return;
    }
    uint8_t *rgb = WebPDecodeRGB(stream->data, stream->size, &width, &height);
    must(rgb && width == T && height == T);
    for (int i = 0; i < T * T; i++) {
        float ycc[3];
        rrip_ycc(rgb + 3 * i, ycc);
        samples[i] = (uint8_t)lroundf(ycc[0]);
    }
    WebPFree(rgb);
}

void rrip_decode_base(const struct og_buf *stream, uint8_t *rgb)
{
    static uint8_t pixels[3 * T * T];
    int width, height;
    decode_jpeg(stream, TJPF_RGB, pixels, &width, &height);
    for (int y = 0; y < T; y++)
        for (int x = 0; x < T; x++) {
            int from_x = x < width ? x : width - 1, from_y = y < height ? y : height - 1;
            memcpy(rgb + 3 * (y * T + x), pixels + 3 * (from_y * width + from_x), 3);
        }
}

static int inside(int i, int side)
{
    return i < 0 ? 0 : i >= side ? side - 1 : i;
}

void rrip_upsample(const uint8_t *from, int side, int pixel, int rounding, uint8_t *to)
{
    for (int y = 0; y < 2 * side; y++)
        for (int x = 0; x < 2 * side; x++) {
            int near_x = x / 2, near_y = y / 2;
            int far_x = inside(near_x + (x % 2 ? 1 : -1), side), far_y = inside(near_y + (y % 2 ? 1 : -1), side);
            int a = from[pixel * (near_y * side + near_x)], b = from[pixel * (near_y * side + far_x)];
            int c = from[pixel * (far_y * side + near_x)], d = from[pixel * (far_y * side + far_x)];
            to[pixel * (y * 2 * side + x)] = (uint8_t)((9 * a + 3 * b + 3 * c + d + rounding) / 16);
        }
}

void rrip_ycc(const uint8_t *rgb, float ycc[3])
{
    float r = rgb[0], g = rgb[1], b = rgb[2];
    ycc[0] = 0.299f * r + 0.587f * g + 0.114f * b;
    ycc[1] = -0.168736f * r - 0.331264f * g + 0.5f * b + 128;
    ycc[2] = 0.5f * r - 0.418688f * g - 0.081312f * b + 128;
}

static uint8_t rounded(float v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : lroundf(v));
}

void rrip_rgb(const float ycc[3], uint8_t *rgb)
{
    float cb = ycc[1] - 128, cr = ycc[2] - 128;
    rgb[0] = rounded(ycc[0] + 1.402f * cr);
    rgb[1] = rounded(ycc[0] - 0.344136f * cb - 0.714136f * cr);
    rgb[2] = rounded(ycc[0] + 1.772f * cb);
}
