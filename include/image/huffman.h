/* SPDX-License-Identifier: MIT */
#ifndef OG_IMAGE_HUFFMAN_H
#define OG_IMAGE_HUFFMAN_H
/*
 * JPEG's entropy code of quantised blocks: its symbols counted, the best Huffman tables for the counts, and what each
 * symbol costs with them (ITU-T T.81, F.1.2 and annex C).
 *
 * A code is the best one with words of at most 16 bits (package-merge: L. Larmore, D. Hirschberg, "A fast algorithm for
 * optimal length-limited Huffman codes", JACM 37, 1990), the word of ones left free. Every symbol that a baseline
 * stream may hold has a word, seen or not, so that tables gathered on a part of a slide code all of it.
 *
 * Threads:   values and pure functions. Sums of counts do not depend on their order.
 * Ownership: borrow.
 * Errors:    none.
 */
#include <stdint.h>

#include "image/dct.h"

/* DC symbols are sizes 0 … 11; AC symbols run << 4 | size, size 1 … 10, and OG_AC_END and OG_AC_ZEROS. */
enum { OG_DC_SYMBOLS = 12, OG_AC_SYMBOLS = 256, OG_AC_END = 0x00, OG_AC_ZEROS = 0xf0, OG_AC_SIZE_MAX = 10 };

struct og_symbol_counts {
    uint64_t dc[OG_DC_SYMBOLS], ac[OG_AC_SYMBOLS];
};

/* As DHT has it: words of each length, and the symbols in the words' order. */
struct og_huffman_table {
    uint8_t bits[17]; /* [0] is not used */
    uint8_t symbols[OG_AC_SYMBOLS];
};

struct og_huffman_tables {
    struct og_huffman_table dc, ac;
};

/* Bits of a symbol with the extra bits that follow it; 0 where there is no such symbol. */
struct og_symbol_bits {
    uint8_t dc[OG_DC_SYMBOLS], ac[OG_AC_SYMBOLS];
};

/* Levels are quantised coefficients in zigzag order, block after block. DC's prediction starts at 0. */
void og_symbols_count(const int16_t (*levels)[OG_BLOCK], unsigned blocks, struct og_symbol_counts *counts);
void og_symbols_add(struct og_symbol_counts *to, const struct og_symbol_counts *counts);

void og_huffman_make(const struct og_symbol_counts *counts, struct og_huffman_tables *out);
void og_huffman_bits(const struct og_huffman_tables *tables, struct og_symbol_bits *out);

/* How many bits a level's magnitude has: its size in T.81's words. */
static inline unsigned og_level_size(unsigned magnitude)
{
    return magnitude ? 32 - (unsigned)__builtin_clz(magnitude) : 0;
}

#endif
