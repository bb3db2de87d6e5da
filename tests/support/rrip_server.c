/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "support/rrip.h"

enum { T = RRIP_T, L1 = 2 * T, L0 = 4 * T };

/* The server keeps planes of whole numbers and upsamples all of them rounding down. */
struct planes {
    uint8_t y[L0 * L0], cb[L0 * L0], cr[L0 * L0];
};

static uint8_t whole(float v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 255 ? 255 : lroundf(v));
}

static void to_planes(const uint8_t *rgb, int side, struct planes *out)
{
    for (int i = 0; i < side * side; i++) {
        float ycc[3];
        rrip_ycc(rgb + 3 * i, ycc);
        out->y[i] = whole(ycc[0]);
        out->cb[i] = whole(ycc[1]);
        out->cr[i] = whole(ycc[2]);
    }
}

static void to_rgb(const struct planes *planes, int side, uint8_t *rgb)
{
    for (int i = 0; i < side * side; i++)
        rrip_rgb((float[3]){planes->y[i], planes->cb[i], planes->cr[i]}, rgb + 3 * i);
}

static void correct(const struct rrip_family *family, unsigned depth, uint8_t *luma)
{
    static uint8_t residual[T * T];
    int side = depth == 1 ? L1 : L0;
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        struct og_place place = og_slot_place(slot);
        if (place.depth != depth || !family->stream[slot])
            continue;
        rrip_decode_grey(family->stream[slot], residual);
        for (int y = 0; y < T; y++)
            for (int x = 0; x < T; x++) {
                uint8_t *at = luma + ((int)place.dy * T + y) * side + (int)place.dx * T + x;
                *at = whole((float)(*at + residual[y * T + x] - 128));
            }
    }
}

void rrip_serve(const struct rrip_family *family, struct rrip_served *out)
{
    static struct planes base, fine, finest, mosaic;
    static uint8_t rgb2[3 * T * T];
    rrip_decode_base(family->stream[OG_SLOT_L2], rgb2);
    to_planes(rgb2, T, &base);

    rrip_upsample(base.y, T, 1, 0, fine.y);
    rrip_upsample(base.cb, T, 1, 0, fine.cb);
    rrip_upsample(base.cr, T, 1, 0, fine.cr);
    correct(family, 1, fine.y);
    memcpy(out->luma1, fine.y, sizeof out->luma1);
    to_rgb(&fine, L1, out->rgb1);

    to_planes(out->rgb1, L1, &mosaic);
    rrip_upsample(mosaic.y, L1, 1, 0, finest.y);
    rrip_upsample(fine.cb, L1, 1, 0, finest.cb);
    rrip_upsample(fine.cr, L1, 1, 0, finest.cr);
    correct(family, 0, finest.y);
    memcpy(out->luma0, finest.y, sizeof out->luma0);
    to_rgb(&finest, L0, out->rgb0);
}
