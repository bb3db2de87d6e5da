/* SPDX-License-Identifier: MIT */
#ifndef OG_TOOL_UNPACK_H
#define OG_TOOL_UNPACK_H
/*
 * og_unpacker: a slide's tiles as planes, rebuilt with the daemon's code (slide/slide.h reads and checks,
 * image/family.h decodes and rebuilds) up to the last step but one: they are what the JPEG that is sent is made of.
 *
 * Threads:   an unpacker belongs to one thread.
 * Ownership: new returns owned; families, planes and streams are borrowed until the next call.
 * Errors:    OG_DAMAGED and OG_IO where bytes are not what was written, and where they cannot be decoded. They say
 *            which family or tile. OG_NO_MEMORY is nobody's damage and ends the call.
 */
#include "image/family.h"
#include "slide/slide.h"

struct og_unpacker;

struct og_unpacked {
    const struct og_family *family;         /* of every slot whose closure lacks the bad ones */
    uint32_t bad;                           /* slots whose stream cannot be had … */
    enum og_status status[OG_FAMILY_SLOTS]; /* … what that is called: OG_DAMAGED, OG_UNSUPPORTED … */
    const char *reason[OG_FAMILY_SLOTS];    /* … and how it is known */
    unsigned streams;                       /* how many of those that were looked at there are */
    uint64_t bytes;
};

OG_CHECKED enum og_status og_unpacker_new(struct og_unpacker **out, struct og_error *err);

/*
 * The slots of `wanted` that lie inside the slide, with all that they are rebuilt from. An error: no slot of the family
 * can be had.
 */
OG_CHECKED enum og_status og_unpack_family(struct og_unpacker *unpacker, const struct og_slide *slide, uint32_t fx,
                                           uint32_t fy, uint32_t wanted, struct og_unpacked *out, struct og_error *err);

/* A tile of a level coarser than L2: whole, padded where it is cut by the slide's edge; and its stored length. */
OG_CHECKED enum og_status og_unpack_stored(struct og_unpacker *unpacker, const struct og_slide *slide, unsigned depth,
                                           uint32_t x, uint32_t y, struct og_plane planes[3], uint64_t *bytes,
                                           struct og_error *err);

/* A stored tile as it is. */
OG_CHECKED enum og_status og_unpacker_read(struct og_unpacker *unpacker, const struct og_slide *slide, unsigned depth,
                                           uint32_t x, uint32_t y, struct og_stored_tile *out, struct og_error *err);

/* Y, Cb, Cr of a slot; *chroma_halved: Cb and Cr have half the luma's size. */
void og_unpacked_tile(const struct og_unpacked *unpacked, unsigned slot, struct og_plane planes[3],
                      bool *chroma_halved);

void og_unpacker_destroy(struct og_unpacker **unpacker);

#endif
