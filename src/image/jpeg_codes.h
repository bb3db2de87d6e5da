/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_JPEG_CODES_H
#define OG_IMAGE_JPEG_CODES_H
/*
 * og_jpeg_codes: a Huffman table made ready for reading (ITU-T T.81, annexes C and F). One look at the next bits finds
 * a word together with the extra bits behind it, where both fit into the look.
 *
 * Threads:   values and pure functions. Ownership: the caller's struct; everything else is borrowed for the call.
 * Errors:    make says false for lengths that are no code, and for a DC table with a symbol above 15.
 */
#include <stdbool.h>
#include <stdint.h>

#include "image/huffman.h"

enum { OG_LOOK = 10, OG_LOOKS = 1 << OG_LOOK, OG_WORD_BITS = 16, OG_READ_BITS = OG_WORD_BITS + 15 };

/* What a word and its extra bits say: a value that comes after `run` zeros. */
struct og_jpeg_word {
    int16_t value; /* of OG_RUN_FOLLOWED the word's symbol */
    uint8_t run, bits;
};

/* Runs that are none: the block's end; no such word; and in the looks alone: extra bits, or the word itself, too long.
 */
enum { OG_RUN_END = 128, OG_RUN_BAD, OG_RUN_FOLLOWED, OG_RUN_LONG };

struct og_jpeg_codes {
    struct og_jpeg_word look[OG_LOOKS];
    uint32_t end[OG_WORD_BITS + 1];  /* words of this length are below it, as the first bits of sixteen */
    int32_t first[OG_WORD_BITS + 1]; /* from a word of this length to the place of its symbol */
    struct og_huffman_table made_of;
    bool ready;
};

/*
 * Of bits[1 … 16] words of each length with these symbols, as DHT has them. AC symbols are run << 4 | size; a DC symbol
 * is a size. Costs a comparison when the codes are made of the same already.
 */
bool og_jpeg_codes_make(struct og_jpeg_codes *codes, const uint8_t bits[17], const uint8_t symbols[OG_AC_SYMBOLS],
                        bool dc);

/* The word at the upper end of `window`, of which OG_READ_BITS count, whatever its length. */
struct og_jpeg_word og_jpeg_codes_read(const struct og_jpeg_codes *codes, uint64_t window);

#endif
