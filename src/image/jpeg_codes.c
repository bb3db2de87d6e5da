/* SPDX-License-Identifier: MIT */
#include "jpeg_codes.h"

#include <string.h>

enum { WINDOW = 64, ZEROS_RUN = OG_AC_ZEROS >> 4 };

/* No word is all ones: as libjpeg has it. */
static bool number_words(struct og_jpeg_codes *codes)
{
    int32_t word = 0, count = 0;
    for (int length = 1; length <= OG_WORD_BITS; length++, word <<= 1) {
        codes->first[length] = count - word;
        count += codes->made_of.bits[length];
        word += codes->made_of.bits[length];
        if (count > OG_AC_SYMBOLS || word >= 1 << length)
            return false;
        codes->end[length] = (uint32_t)word << (OG_WORD_BITS - length);
    }
    return true;
}

static bool holds_sizes(const struct og_huffman_table *table)
{
    int count = 0;
    for (int length = 1; length <= OG_WORD_BITS; length++)
        count += table->bits[length];
    for (int i = 0; i < count; i++)
        if (table->symbols[i] > 15)
            return false;
    return true;
}

/* The length of the word that the window begins with, at least `length`; OG_WORD_BITS + 1: there is none. */
static int find(const struct og_jpeg_codes *codes, uint64_t window, int length, uint8_t *symbol)
{
    uint32_t word = (uint32_t)(window >> (WINDOW - OG_WORD_BITS));
    while (length <= OG_WORD_BITS && word >= codes->end[length])
        length++;
    if (length <= OG_WORD_BITS)
        *symbol = codes->made_of.symbols[(int32_t)(word >> (OG_WORD_BITS - length)) + codes->first[length]];
    return length;
}

/* A word of `length` bits with what follows it in the window. */
static struct og_jpeg_word complete(uint8_t symbol, int length, uint64_t window)
{
    unsigned size = symbol & 15u;
    uint8_t run = symbol >> 4;
    if (size == 0)
        return (struct og_jpeg_word){0, run == ZEROS_RUN ? run : OG_RUN_END, (uint8_t)length};
    int32_t value = (int32_t)(window << length >> (WINDOW - size));
    if (value < 1 << (size - 1))
        value -= (1 << size) - 1;
    return (struct og_jpeg_word){(int16_t)value, run, (uint8_t)(length + (int)size)};
}

/* Words in their order: they do not become shorter. */
static void fill_looks(struct og_jpeg_codes *codes)
{
    int length = 1;
    for (uint64_t i = 0; i < OG_LOOKS; i++) {
        uint64_t window = i << (WINDOW - OG_LOOK);
        uint8_t symbol = 0;
        length = find(codes, window, length, &symbol);
        if (length > OG_LOOK)
            codes->look[i] = (struct og_jpeg_word){0, OG_RUN_LONG, 0};
        else if (length + (symbol & 15) > OG_LOOK)
            codes->look[i] = (struct og_jpeg_word){symbol, OG_RUN_FOLLOWED, (uint8_t)length};
        else
            codes->look[i] = complete(symbol, length, window);
    }
}

bool og_jpeg_codes_make(struct og_jpeg_codes *codes, const uint8_t bits[17], const uint8_t symbols[OG_AC_SYMBOLS],
                        bool dc)
{
    if (codes->ready && memcmp(codes->made_of.bits + 1, bits + 1, OG_WORD_BITS) == 0 &&
        memcmp(codes->made_of.symbols, symbols, OG_AC_SYMBOLS) == 0)
        return true;
    codes->ready = false;
    memcpy(codes->made_of.bits, bits, sizeof codes->made_of.bits);
    memcpy(codes->made_of.symbols, symbols, sizeof codes->made_of.symbols);
    if (!number_words(codes) || (dc && !holds_sizes(&codes->made_of)))
        return false;
    fill_looks(codes);
    codes->ready = true;
    return true;
}

struct og_jpeg_word og_jpeg_codes_read(const struct og_jpeg_codes *codes, uint64_t window)
{
    struct og_jpeg_word word = codes->look[window >> (WINDOW - OG_LOOK)];
    uint8_t symbol = (uint8_t)word.value;
    int length = word.bits;
    if (word.run == OG_RUN_LONG)
        length = find(codes, window, OG_LOOK + 1, &symbol);
    if (length > OG_WORD_BITS)
        return (struct og_jpeg_word){0, OG_RUN_BAD, 0};
    return word.run >= OG_RUN_FOLLOWED ? complete(symbol, length, window) : word;
}
