/* SPDX-License-Identifier: MIT */
#include "image/huffman.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A symbol that was seen weighs this much more than one that was not: the latter share the longest words. */
enum { LONGEST = 16, SEEN = 4096, LEAVES_MAX = OG_AC_SYMBOLS + 1, NO_SYMBOL = OG_AC_SYMBOLS };

struct leaf {
    uint64_t weight;
    unsigned symbol;
};

/* A package is a set of leaves, counted per leaf because a leaf may be in it once per length. */
struct package {
    uint64_t weight;
    uint8_t holds[LEAVES_MAX];
};

static unsigned size_of(int difference)
{
    return og_level_size((unsigned)abs(difference));
}

/* The nonzero levels behind DC, one bit each. */
static uint64_t marks_of(const int16_t level[OG_BLOCK])
{
    uint64_t marks = 0, four;
    for (int i = 0; i < OG_BLOCK; i += 4) {
        memcpy(&four, level + i, sizeof four);
        for (int k = i; four != 0 && k < i + 4; k++)
            marks |= (uint64_t)(level[k] != 0) << k;
    }
    return marks & ~UINT64_C(1);
}

void og_symbols_count(const int16_t (*levels)[OG_BLOCK], unsigned blocks, struct og_symbol_counts *counts)
{
    int dc = 0;
    for (unsigned b = 0; b < blocks; b++) {
        const int16_t *level = levels[b];
        counts->dc[size_of(level[0] - dc)]++;
        dc = level[0];
        int before = 0;
        for (uint64_t marks = marks_of(level); marks; marks &= marks - 1) {
            int place = __builtin_ctzll(marks), run = place - before - 1;
            counts->ac[OG_AC_ZEROS] += (unsigned)run / 16;
            counts->ac[(unsigned)run % 16 << 4 | size_of(level[place])]++;
            before = place;
        }
        counts->ac[OG_AC_END] += before < OG_BLOCK - 1;
    }
}

void og_symbols_add(struct og_symbol_counts *to, const struct og_symbol_counts *counts)
{
    for (int i = 0; i < OG_DC_SYMBOLS; i++)
        to->dc[i] += counts->dc[i];
    for (int i = 0; i < OG_AC_SYMBOLS; i++)
        to->ac[i] += counts->ac[i];
}

static int by_weight(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? -1 : 1;
    return x->symbol > y->symbol ? -1 : x->symbol < y->symbol;
}

static void merge(const struct package *a, const struct package *b, unsigned leaves, struct package *out)
{
    out->weight = a->weight + b->weight;
    for (unsigned i = 0; i < leaves; i++)
        out->holds[i] = (uint8_t)(a->holds[i] + b->holds[i]);
}

static void single(const struct leaf *leaves, unsigned i, unsigned count, struct package *out)
{
    memset(out->holds, 0, count);
    out->holds[i] = 1;
    out->weight = leaves[i].weight;
}

/* One round: the packages of two are sorted in among the leaves. Returns how many there are now. */
static unsigned next_round(const struct leaf *leaves, unsigned count, const struct package *pairs, unsigned pair_count,
                           struct package *out)
{
    unsigned l = 0, p = 0, n = 0;
    while (l < count || p < pair_count)
        if (p == pair_count || (l < count && leaves[l].weight <= pairs[p].weight))
            single(leaves, l++, count, &out[n++]);
        else
            out[n++] = pairs[p++];
    return n;
}

static void find_lengths(const struct leaf *leaves, unsigned count, uint8_t *lengths)
{
    static const unsigned rounds = LONGEST;
    struct package list[2 * LEAVES_MAX], pairs[LEAVES_MAX];
    unsigned n = next_round(leaves, count, NULL, 0, list);
    for (unsigned round = 1; round < rounds; round++) {
        for (unsigned i = 0; i < n / 2; i++)
            merge(&list[2 * i], &list[2 * i + 1], count, &pairs[i]);
        n = next_round(leaves, count, pairs, n / 2, list);
    }
    memset(lengths, 0, count);
    for (unsigned i = 0; i < 2 * count - 2; i++)
        for (unsigned k = 0; k < count; k++)
            lengths[k] = (uint8_t)(lengths[k] + list[i].holds[k]);
}

static void make_table(struct leaf *leaves, unsigned count, struct og_huffman_table *out)
{
    uint8_t lengths[LEAVES_MAX];
    leaves[count++] = (struct leaf){0, NO_SYMBOL}; /* takes the word of ones */
    qsort(leaves, count, sizeof leaves[0], by_weight);
    find_lengths(leaves, count, lengths);
    *out = (struct og_huffman_table){.bits = {0}};
    unsigned n = 0;
    for (unsigned i = count; i-- > 1;) {
        out->bits[lengths[i]]++;
        out->symbols[n++] = (uint8_t)leaves[i].symbol;
    }
}

static bool is_legal_ac(unsigned symbol)
{
    unsigned size = symbol & 15;
    return symbol == OG_AC_END || symbol == OG_AC_ZEROS || (size >= 1 && size <= OG_AC_SIZE_MAX);
}

void og_huffman_make(const struct og_symbol_counts *counts, struct og_huffman_tables *out)
{
    struct leaf leaves[LEAVES_MAX];
    unsigned n = 0;
    for (unsigned i = 0; i < OG_DC_SYMBOLS; i++)
        leaves[n++] = (struct leaf){1 + SEEN * counts->dc[i], i};
    make_table(leaves, n, &out->dc);
    n = 0;
    for (unsigned i = 0; i < OG_AC_SYMBOLS; i++)
        if (is_legal_ac(i))
            leaves[n++] = (struct leaf){1 + SEEN * counts->ac[i], i};
    make_table(leaves, n, &out->ac);
}

static void find_bits(const struct og_huffman_table *table, uint8_t *bits)
{
    const uint8_t *symbol = table->symbols;
    for (unsigned length = 1; length <= LONGEST; length++)
        for (unsigned i = 0; i < table->bits[length]; i++, symbol++)
            bits[*symbol] = (uint8_t)(length + (*symbol & 15));
}

void og_huffman_bits(const struct og_huffman_tables *tables, struct og_symbol_bits *out)
{
    *out = (struct og_symbol_bits){.dc = {0}};
    find_bits(&tables->dc, out->dc);
    find_bits(&tables->ac, out->ac);
}
