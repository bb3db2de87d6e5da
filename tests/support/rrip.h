/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_SUPPORT_RRIP_H
#define OG_TESTS_SUPPORT_RRIP_H
/*
 * Slides of the published residual layout, made from a painted picture with the arithmetic of that layout's own
 * encoders, and what its own server would make of them. Written from the layout's description with codecs of the tests'
 * own; nothing here calls what is under test but for og_pyramid, og_buf and og_slot_place.
 *
 * Threads:   the test's own.
 * Ownership: make returns what free ends; buffers are owned by whoever gets them.
 * Errors:    abort.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/tile.h"
#include "slide/pyramid.h"

enum { RRIP_T = OG_TILE_SIZE, RRIP_DEPTHS = 16 };

enum rrip_encoder {
    RRIP_ENCODE, /* encode --pyramid: luma, rounded down; tiles at the edge are cut, as Deep Zoom's are */
    RRIP_INGEST, /* ingest: RGB, rounded; everything is padded with white to whole families */
};
enum rrip_stream { RRIP_JPEG, RRIP_PROGRESSIVE, RRIP_WEBP, RRIP_WEBP_LOSSLESS };
enum rrip_form { RRIP_LOOSE, RRIP_PACKS, RRIP_BUNDLE, RRIP_NOTHING };

struct rrip_recipe {
    uint32_t width, height;
    enum rrip_encoder encoder;
    enum rrip_stream stream;
    int chroma; /* of the base: 444, 422 or 420 */
    int quality;
};

struct rrip_family {
    uint32_t x, y;
    struct og_buf *stream[OG_FAMILY_SLOTS]; /* L2 and the residuals; NULL: none is written */
};

struct rrip_slide {
    struct rrip_recipe recipe;
    struct og_pyramid pyramid;
    struct og_extent grid;               /* of families */
    struct rrip_family *families;        /* row by row */
    uint8_t *source[RRIP_DEPTHS];        /* RGB by depth, padded to whole tiles */
    struct og_extent whole[RRIP_DEPTHS]; /* sizes of these */
};

struct rrip_slide *rrip_make(const struct rrip_recipe *recipe);
void rrip_free(struct rrip_slide **slide);

/* Writes the slide's folder PATH, which is made: the base pyramid, summary.json and the residuals. */
void rrip_write(const struct rrip_slide *slide, const char *path, enum rrip_form form);

/* Writes PATH/NAME; folders on the way are made. */
void rrip_write_file(const char *path, const char *name, const void *bytes, size_t size);

struct og_buf *rrip_pack(const struct rrip_family *family); /* before compression */
struct og_buf *rrip_record(struct og_span pack);            /* its length and its LZ4 block */

/* The tile of the base pyramid, as this recipe codes it. */
struct og_buf *rrip_code_tile(const struct rrip_slide *slide, unsigned depth, uint32_t x, uint32_t y);

/* A residual as this recipe codes it. */
struct og_buf *rrip_code_grey(const struct rrip_recipe *recipe, const uint8_t *samples);

/* What the layout's own server has of a family before it encodes tiles: L1, 512 x 512, and L0, 1024 x 1024. */
struct rrip_served {
    uint8_t luma1[4 * RRIP_T * RRIP_T], luma0[16 * RRIP_T * RRIP_T];
    uint8_t rgb1[3 * 4 * RRIP_T * RRIP_T], rgb0[3 * 16 * RRIP_T * RRIP_T];
};
void rrip_serve(const struct rrip_family *family, struct rrip_served *out);

/* Steps that encoder and server share. */
void rrip_decode_base(const struct og_buf *stream, uint8_t *rgb); /* 256 x 256; a smaller one's edge is repeated */
void rrip_decode_grey(const struct og_buf *stream, uint8_t *samples);
void rrip_upsample(const uint8_t *from, int side, int pixel, int rounding, uint8_t *to); /* `pixel` bytes apart */
void rrip_ycc(const uint8_t *rgb, float ycc[3]);
void rrip_rgb(const float ycc[3], uint8_t *rgb);

#endif
