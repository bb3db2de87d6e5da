/* SPDX-License-Identifier: MIT */
#include "support/rrip.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <turbojpeg.h>

enum { T = RRIP_T, L1 = 2 * T, L0 = 4 * T };

/* ---- the picture ---- */

static uint32_t hash(uint32_t x, uint32_t y)
{
    uint32_t h = x * 0x9e3779b1u ^ y * 0x85ebca77u;
    h ^= h >> 15;
    h *= 0x2c1b3c6du;
    return h ^ h >> 12;
}

/* Pink ground in slow waves, grain, a dark blue disc in most cells of 24 x 24, and a glaring gap now and then. */
static void paint(uint32_t x, uint32_t y, uint8_t *rgb)
{
    uint32_t cell = hash(x / 24 + 7, y / 24 + 3), grain = hash(x, y) % 9;
    int dx = (int)(x % 24) - 8 - (int)(cell % 8), dy = (int)(y % 24) - 8 - (int)(cell / 8 % 8);
    int wave = (int)(20 * sin(x / 90.0) * cos(y / 70.0));
    bool nucleus = cell % 5 != 0 && dx * dx + dy * dy < 16 + (int)(cell / 64 % 48);
    bool gap = hash(x / 300, y / 200) % 4 == 0 && !nucleus;
    static const int tints[3][3] = {{214, 160, 198}, {96, 64, 140}, {250, 252, 251}};
    for (int c = 0; c < 3; c++) {
        int v = tints[nucleus ? 1 : gap ? 2 : 0][c] + wave + (int)grain - 4;
        rgb[c] = (uint8_t)(v > 255 ? 255 : v);
    }
}

static uint32_t whole_tiles(uint32_t side, uint32_t unit)
{
    return (side + unit - 1) / unit * unit;
}

static void paint_all(struct rrip_slide *s)
{
    const struct rrip_recipe *r = &s->recipe;
    uint32_t width = s->whole[0].width = whole_tiles(r->width, L0);
    uint32_t height = s->whole[0].height = whole_tiles(r->height, L0);
    s->source[0] = malloc((size_t)3 * width * height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint8_t *pixel = s->source[0] + 3 * ((size_t)y * width + x);
            bool outside = x >= r->width || y >= r->height;
            if (outside && r->encoder == RRIP_INGEST)
                memset(pixel, 255, 3);
            else
                paint(x < r->width ? x : r->width - 1, y < r->height ? y : r->height - 1, pixel);
        }
}

/* The mean of 2 x 2; beyond what the next finer level has, white. */
static void halve(struct rrip_slide *s, unsigned depth)
{
    struct og_extent from = s->whole[depth - 1];
    uint32_t width = s->whole[depth].width = whole_tiles((from.width + 1) / 2, T);
    uint32_t height = s->whole[depth].height = whole_tiles((from.height + 1) / 2, T);
    s->source[depth] = malloc((size_t)3 * width * height);
    memset(s->source[depth], 255, (size_t)3 * width * height);
    for (uint32_t y = 0; 2 * y < from.height; y++)
        for (uint32_t x = 0; 2 * x < from.width; x++)
            for (int c = 0; c < 3; c++) {
                const uint8_t *at = s->source[depth - 1] + 3 * ((size_t)2 * y * from.width + 2 * x) + c;
                s->source[depth][3 * ((size_t)y * width + x) + (size_t)c] =
                    (uint8_t)((at[0] + at[3] + at[3 * from.width] + at[3 * from.width + 3] + 2) / 4);
            }
}

/* ---- a family ---- */

static int sampling(int chroma)
{
    return chroma == 444 ? TJSAMP_444 : chroma == 422 ? TJSAMP_422 : TJSAMP_420;
}

struct og_buf *rrip_code_tile(const struct rrip_slide *s, unsigned depth, uint32_t x, uint32_t y)
{
    struct og_extent size = og_pyramid_tile(&s->pyramid, depth, x, y);
    if (s->recipe.encoder == RRIP_INGEST)
        size = (struct og_extent){T, T};
    unsigned char *bytes = NULL;
    unsigned long length = 0;
    uint32_t width = s->whole[depth].width;
    const uint8_t *from = s->source[depth] + 3 * ((size_t)y * T * width + (size_t)x * T);
    tjhandle handle = tjInitCompress();
    if (tjCompress2(handle, from, (int)size.width, (int)(3 * width), (int)size.height, TJPF_RGB, &bytes, &length,
                    sampling(s->recipe.chroma), 92, TJFLAG_ACCURATEDCT) != 0)
        abort();
    struct og_buf *buf = og_buf_copy(bytes, length);
    tjFree(bytes);
    tjDestroy(handle);
    return buf;
}

struct desk {
    const struct rrip_slide *slide;
    struct rrip_family *family;
    uint8_t rgb2[3 * T * T], rgb1[3 * L1 * L1], rgb0[3 * L0 * L0]; /* predictions, in RGB */
    uint8_t base[T * T];                                           /* L2's luma */
    float luma1[L1 * L1], luma0[L0 * L0];                          /* predictions, then with their residuals */
    uint8_t whole1[L1 * L1], whole0[L0 * L0];                      /* the same in whole numbers */
};

static uint8_t clamped(float v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : lroundf(v));
}

static uint8_t source_luma(const struct rrip_slide *s, unsigned depth, size_t x, size_t y)
{
    float ycc[3];
    rrip_ycc(s->source[depth] + 3 * (y * s->whole[depth].width + x), ycc);
    return clamped(ycc[0]);
}

/* Codes the residual of each tile of a level, and corrects the prediction by what will be decoded of it. */
static void code_level(struct desk *d, unsigned depth, float *luma)
{
    static uint8_t residual[T * T];
    int side = depth == 1 ? L1 : L0;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_place place = og_slot_place(slot);
        if (place.depth != depth)
            continue;
        float *corner = luma + (int)place.dy * T * side + (int)place.dx * T;
        size_t x0 = (size_t)d->family->x * (size_t)side + place.dx * T,
               y0 = (size_t)d->family->y * (size_t)side + place.dy * T;
        for (int i = 0; i < T * T; i++) {
            float due = source_luma(d->slide, depth, x0 + (size_t)(i % T), y0 + (size_t)(i / T));
            residual[i] = clamped(due - corner[i / T * side + i % T] + 128);
        }
        d->family->stream[slot] = rrip_code_grey(&d->slide->recipe, residual);
        rrip_decode_grey(d->family->stream[slot], residual);
        for (int i = 0; i < T * T; i++) {
            float *at = corner + i / T * side + i % T;
            *at = fminf(fmaxf(*at + residual[i] - 128, 0), 255);
        }
    }
}

static void encode_family(struct desk *d)
{
    for (int i = 0; i < T * T; i++) {
        float ycc[3];
        rrip_ycc(d->rgb2 + 3 * i, ycc);
        d->base[i] = clamped(ycc[0]);
    }
    rrip_upsample(d->base, T, 1, 0, d->whole1);
    for (int i = 0; i < L1 * L1; i++)
        d->luma1[i] = d->whole1[i];
    code_level(d, 1, d->luma1);
    for (int i = 0; i < L1 * L1; i++)
        d->whole1[i] = (uint8_t)d->luma1[i];
    rrip_upsample(d->whole1, L1, 1, 0, d->whole0);
    for (int i = 0; i < L0 * L0; i++)
        d->luma0[i] = d->whole0[i];
    code_level(d, 0, d->luma0);
}

static void upsample_rgb(const uint8_t *from, int side, uint8_t *to)
{
    for (int c = 0; c < 3; c++)
        rrip_upsample(from + c, side, 3, 8, to + c);
}

static void ingest_family(struct desk *d)
{
    float ycc[3];
    upsample_rgb(d->rgb2, T, d->rgb1);
    for (int i = 0; i < L1 * L1; i++) {
        rrip_ycc(d->rgb1 + 3 * i, ycc);
        d->luma1[i] = ycc[0];
    }
    code_level(d, 1, d->luma1);
    for (int i = 0; i < L1 * L1; i++) {
        rrip_ycc(d->rgb1 + 3 * i, ycc);
        ycc[0] = d->luma1[i];
        rrip_rgb(ycc, d->rgb1 + 3 * i);
    }
    upsample_rgb(d->rgb1, L1, d->rgb0);
    for (int i = 0; i < L0 * L0; i++) {
        rrip_ycc(d->rgb0 + 3 * i, ycc);
        d->luma0[i] = ycc[0];
    }
    code_level(d, 0, d->luma0);
}

static void make_family(struct desk *d, struct rrip_family *family)
{
    d->family = family;
    family->stream[OG_SLOT_L2] = rrip_code_tile(d->slide, 2, family->x, family->y);
    rrip_decode_base(family->stream[OG_SLOT_L2], d->rgb2);
    if (d->slide->recipe.encoder == RRIP_INGEST)
        ingest_family(d);
    else
        encode_family(d);
}

/* ---- a slide ---- */

struct rrip_slide *rrip_make(const struct rrip_recipe *recipe)
{
    struct rrip_slide *s = calloc(1, sizeof *s);
    struct desk *desk = calloc(1, sizeof *desk);
    s->recipe = *recipe;
    if (!og_pyramid_make(recipe->width, recipe->height, T, 0, &s->pyramid) || s->pyramid.top >= RRIP_DEPTHS)
        abort();
    paint_all(s);
    for (unsigned depth = 1; depth <= s->pyramid.top; depth++)
        halve(s, depth);
    s->grid = og_pyramid_grid(&s->pyramid, 2);
    s->families = calloc((size_t)s->grid.width * s->grid.height, sizeof *s->families);
    desk->slide = s;
    for (uint32_t i = 0; i < s->grid.width * s->grid.height; i++) {
        s->families[i].x = i % s->grid.width;
        s->families[i].y = i / s->grid.width;
        make_family(desk, &s->families[i]);
    }
    free(desk);
    return s;
}

void rrip_free(struct rrip_slide **slide)
{
    struct rrip_slide *s = *slide;
    *slide = NULL;
    for (uint32_t i = 0; i < s->grid.width * s->grid.height; i++)
        for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
            og_buf_unref(&s->families[i].stream[slot]);
    for (unsigned depth = 0; depth < RRIP_DEPTHS; depth++)
        free(s->source[depth]);
    free(s->families);
    free(s);
}
