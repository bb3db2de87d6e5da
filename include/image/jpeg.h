/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_H
#define OG_IMAGE_JPEG_H
/*
 * JPEG to planes and planes to JPEG (libjpeg-turbo, accurate DCT; tiles of ours are read by jpeg_scan.h), with handles
 * that a worker keeps.
 * Planes are Y, Cb, Cr as JFIF defines them; nothing here ever sees RGB.
 *
 * Threads:   a handle belongs to one thread at a time; handles are independent.
 * Ownership: new returns owned; spans that an encoder returns are borrowed until its next call.
 * Errors:    a stream is wrong as soon as libjpeg only warns: OG_DAMAGED, and the planes' contents are undefined.
 *            Arithmetic-coded, 12-bit or otherwise unexpected streams are refused before any pixel work, and so are
 *            progressive ones but where it says that they are read.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/status.h"
#include "image/plane.h"

struct og_kernels;
struct og_jpeg_decoder;
struct og_jpeg_encoder;

struct og_jpeg_decoder *og_jpeg_decoder_new(const struct og_kernels *kernels);
void og_jpeg_decoder_destroy(struct og_jpeg_decoder **decoder);

/*
 * Decodes a grey (components 1) or 4:4:4 (components 3) stream into `planes`, whose sizes are equal, multiples of
 * eight, and must be the stream's, which has one scan and no restarts. `tables` is an abbreviated table stream (TIFF's
 * JPEGTables) or empty.
 */
OG_CHECKED enum og_status og_jpeg_decode(struct og_jpeg_decoder *decoder, struct og_span tables, struct og_span stream,
                                         int components, const struct og_plane *planes, struct og_error *err);

/* Scans that a progressive stream may have: encoders make about ten, and each costs a pass over the picture. */
#define OG_JPEG_SCANS_MAX 64

/*
 * Decodes a whole stream that somebody else made, into `planes` of equal size, at most a tile's: grey (components 1) of
 * just that size; or Y, Cb, Cr (components 3) of width x height or of the planes' size. Chroma may be halved in either
 * direction; libjpeg's "fancy" triangle filter brings it to full size. Progressive streams are read. What the stream
 * leaves of the planes repeats its last column and row.
 */
OG_CHECKED enum og_status og_jpeg_decode_foreign(struct og_jpeg_decoder *decoder, struct og_span stream, int components,
                                                 const struct og_plane *planes, int width, int height,
                                                 struct og_error *err);

/* How a stream is made. Equal recipes give equal bytes for equal planes. */
struct og_jpeg_recipe {
    int components;     /* 1 or 3 */
    bool chroma_halved; /* 4:2:0: the chroma planes have half the luma's width and height, rounded up */
    bool abbreviated;   /* without tables: og_jpeg_encode_tables holds them */
    int quality;        /* 1 … 100, the standard tables scaled as libjpeg does */
};

struct og_jpeg_encoder *og_jpeg_encoder_new(void);
void og_jpeg_encoder_destroy(struct og_jpeg_encoder **encoder);

/*
 * Encodes the upper left width x height of the planes. Planes are readable up to the next multiple of eight samples
 * (sixteen for luma when chroma is halved) in both directions: family planes are, because tiles are whole there.
 */
OG_CHECKED enum og_status og_jpeg_encode(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                                         const struct og_plane *planes, int width, int height, struct og_span *out,
                                         struct og_error *err);

/* The tables of a recipe as an abbreviated table stream. */
OG_CHECKED enum og_status og_jpeg_encode_tables(struct og_jpeg_encoder *encoder, const struct og_jpeg_recipe *recipe,
                                                struct og_span *out, struct og_error *err);

/* Makes an abbreviated tile whole again: SOI, JFIF header, the tables' body, the tile's body. NULL: no memory. */
struct og_buf *og_jpeg_splice(struct og_span tables, struct og_span tile);

/* Cuts a whole stream of at most a tile's size to its upper left width x height without touching a coefficient. */
OG_CHECKED enum og_status og_jpeg_crop(struct og_span stream, int width, int height, struct og_buf **out,
                                       struct og_error *err);

/* Reads the size from the frame header and demands that the stream starts and ends as a JPEG does. */
OG_CHECKED enum og_status og_jpeg_size(struct og_span stream, int *width, int *height, struct og_error *err);

/*
 * Makes of a stored tile what is served, `width` x `height`: an abbreviated one (with tables, always a full tile) is
 * spliced and, at the right and bottom edge, cut; a whole one (without) has to have that size already or, where it
 * `may_be_full`, that of a full tile, and is then cut too.
 */
OG_CHECKED enum og_status og_jpeg_finish(struct og_span tables, struct og_span stream, bool may_be_full, int width,
                                         int height, struct og_buf **out, struct og_error *err);

/* Of the library that encodes: other versions may make other bytes of the same planes. */
uint64_t og_jpeg_version(void);

/* Removes the environment variables that would change libjpeg's output. Before any thread exists. */
void og_jpeg_clean_environment(void);

#endif
