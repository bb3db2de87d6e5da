/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_FAMILY_H
#define OG_IMAGE_FAMILY_H
/*
 * og_family: the planes of one family and the arithmetic between them. Encoder and server both rebuild with this code.
 *
 *     base Y Cb Cr 256²   ── upsample ──►  luma1 512²  ── upsample ──►  luma0 1024²
 *                 └──────── upsample ──►  chroma1 512² (what 4:2:0 L0 tiles carry; L1 tiles carry the base's chroma)
 *
 * A residual is decoded straight into luma1 or luma0; rebuild smooths it, if it is one of L0, and adds the prediction
 * in place. Where a slide's L1 residuals correct chroma too, they do so in chroma1, which is then made with the L1
 * slots; else its parts are made with the L0 slots that carry them. The result of a slot depends on its closure
 * (base/tile.h) alone, never on the order of calls.
 *
 * Threads:   no locks: calls on one family may run at once in different threads when they concern different slots and
 *            every slot is rebuilt after its sources were; whoever schedules them provides that order.
 * Ownership: new returns owned. Spans are borrowed for the call.
 * Errors:    as og_jpeg_decode; a family with a failed slot is still good for slots whose closure lacks it.
 */
#include "base/prediction.h"
#include "base/span.h"
#include "base/status.h"
#include "base/tile.h"
#include "image/jpeg.h"
#include "image/kernels.h"
#include "image/plane.h"

struct og_family {
    struct og_plane base[3];         /* Y, Cb, Cr of the L2 tile */
    struct og_plane luma1;           /* of the four L1 tiles */
    struct og_plane luma0;           /* of the sixteen L0 tiles */
    struct og_plane chroma1[2];      /* Cb, Cr at L1's resolution */
    struct og_prediction prediction; /* of the slide at hand: set before anything else is done for a family */
};

/*
 * All planes lie in one piece of memory of less than 2 MiB, each row at a multiple of 64 bytes, no padding behind any:
 * one huge page, if asked for, holds a family. NULL when memory is out.
 */
struct og_family *og_family_new(bool huge_pages);
void og_family_destroy(struct og_family **family);

/*
 * With tables a stream is an Origami slide's: an abbreviated one of a full tile. A whole one, without, is another
 * layout's: og_jpeg_decode_foreign reads it, or, where its first bytes say so, og_webp_decode_grey; JPEG XL is
 * OG_UNSUPPORTED. `width` and `height` are the part of the tile inside the slide, which is all that a whole one may
 * hold; it is then repeated outwards.
 */
OG_CHECKED enum og_status og_family_decode_base(struct og_family *family, struct og_jpeg_decoder *decoder,
                                                struct og_span tables, struct og_span stream, int width, int height,
                                                struct og_error *err);

/* `slot` is an L1 or L0 slot; an absent residual is simply never decoded. Residuals are always of full tiles. */
OG_CHECKED enum og_status og_family_decode_residual(struct og_family *family, unsigned slot,
                                                    struct og_jpeg_decoder *decoder, struct og_span tables,
                                                    struct og_span stream, struct og_error *err);

/* What the luma of an L1 or L0 slot is predicted from, and with which taps; L1's chroma is predicted from the same
 * area.
 */
struct og_family_source {
    const struct og_plane *from;
    struct og_rect area;
    enum og_predicted luma;
};

struct og_family_source og_family_source(const struct og_family *family, unsigned slot);

/* Whichever of the two the slot asks for; width and height are those of the family's base. */
OG_CHECKED static inline enum og_status og_family_decode(struct og_family *family, unsigned slot,
                                                         struct og_jpeg_decoder *decoder, struct og_span tables,
                                                         struct og_span stream, int width, int height,
                                                         struct og_error *err)
{
    return slot == OG_SLOT_L2 ? og_family_decode_base(family, decoder, tables, stream, width, height, err)
                              : og_family_decode_residual(family, slot, decoder, tables, stream, err);
}

/* Where the slot's residual is decoded and added: in its luma and, where it corrects chroma, Cb and Cr at L1's
 * resolution. Returns how many planes: 1 or 3.
 */
int og_family_residual(const struct og_family *family, unsigned slot, struct og_plane planes[3]);

/*
 * Luma of an L1 slot, luma and chroma of an L0 slot; chroma with the L1 slot where its residual may correct it. All
 * four L1 slots exist, also those outside the slide. Chroma is never rounded down: with a bilinear predictor its own is
 * OG_PREDICTOR_BILINEAR_ROUNDED.
 */
void og_family_rebuild(struct og_family *family, const struct og_kernels *kernels, unsigned slot, bool has_residual);

/* The slot's luma plane, 256², within luma1 or luma0. */
struct og_plane og_family_luma(const struct og_family *family, unsigned slot);

/* The slot's chroma planes at half its luma's resolution, 128². */
void og_family_chroma(const struct og_family *family, unsigned slot, struct og_plane chroma[2]);

/* One colour all over, as glass is: true, and which. Such tiles are equal for every slide and need one encoding only.
 */
bool og_family_is_flat(const struct og_family *family, unsigned slot, uint8_t colour[3]);

/* The tile as it is served: 4:2:0, width x height of it. `out` is borrowed until the encoder's next call. */
OG_CHECKED enum og_status og_family_encode(const struct og_family *family, unsigned slot,
                                           struct og_jpeg_encoder *encoder, int quality, int width, int height,
                                           struct og_span *out, struct og_error *err);

#endif
