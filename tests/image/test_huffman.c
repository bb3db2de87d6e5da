/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "image/huffman.h"
#include "support/cmocka_all.h"
#include "support/noise.h"

static struct og_symbol_counts skewed(uint32_t seed)
{
    struct og_symbol_counts counts = {.ac = {[OG_AC_END] = 1000000}};
    for (int i = 0; i < OG_DC_SYMBOLS; i++)
        counts.dc[i] = UINT64_C(1) << (2 * (OG_DC_SYMBOLS - i));
    for (int run = 0; run < 16; run++)
        for (int size = 1; size <= 4; size++)
            counts.ac[run << 4 | size] = noise_next(&seed) >> (4 + run + 3 * size);
    return counts;
}

/* Fits into 16 bits with at least one word left over at the longest length: sum of 2^-length < 1. */
static void assert_prefix_code(const struct og_huffman_table *table, unsigned symbols)
{
    unsigned used = 0, count = 0;
    bool seen[OG_AC_SYMBOLS] = {false};
    for (int length = 1; length <= 16; length++) {
        used += (unsigned)table->bits[length] << (16 - length);
        count += table->bits[length];
    }
    assert_int_equal(count, symbols);
    assert_true(used < 1 << 16);
    for (unsigned i = 0; i < count; i++) {
        assert_false(seen[table->symbols[i]]);
        seen[table->symbols[i]] = true;
    }
}

static void every_legal_symbol_has_a_word_whatever_was_seen(void **state)
{
    (void)state;
    struct og_symbol_counts nothing = {.dc = {0}}, some = skewed(3), one = {.ac = {[0x11] = UINT32_MAX}};
    const struct og_symbol_counts *all[] = {&nothing, &some, &one};
    for (int i = 0; i < 3; i++) {
        struct og_huffman_tables tables;
        struct og_symbol_bits bits;
        og_huffman_make(all[i], &tables);
        og_huffman_bits(&tables, &bits);
        assert_prefix_code(&tables.dc, OG_DC_SYMBOLS);
        assert_prefix_code(&tables.ac, 162);
        for (int run = 0; run < 16; run++)
            for (int size = 1; size <= OG_AC_SIZE_MAX; size++)
                assert_true(bits.ac[run << 4 | size] > size);
        assert_true(bits.ac[OG_AC_END] > 0 && bits.ac[OG_AC_ZEROS] > 0);
        assert_int_equal(bits.ac[0x0b], 0);
    }
}

static void a_code_is_within_a_bit_of_the_entropy(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed < 20; seed++) {
        struct og_symbol_counts counts = skewed(seed);
        struct og_huffman_tables tables;
        struct og_symbol_bits bits;
        og_huffman_make(&counts, &tables);
        og_huffman_bits(&tables, &bits);
        double all = 0, entropy = 0, spent = 0;
        for (int i = 0; i < OG_AC_SYMBOLS; i++)
            all += (double)counts.ac[i];
        for (int i = 0; i < OG_AC_SYMBOLS; i++)
            if (counts.ac[i]) {
                entropy -= (double)counts.ac[i] * log2((double)counts.ac[i] / all);
                spent += (double)counts.ac[i] * (bits.ac[i] - (i & 15));
            }
        assert_true(spent >= entropy - 1e-6 * all && spent < entropy + all);
    }
}

static void frequent_symbols_never_have_longer_words(void **state)
{
    (void)state;
    struct og_symbol_counts counts = skewed(9);
    struct og_huffman_tables tables;
    struct og_symbol_bits bits;
    og_huffman_make(&counts, &tables);
    og_huffman_bits(&tables, &bits);
    for (int i = 0; i < OG_AC_SYMBOLS; i++)
        for (int k = 0; k < OG_AC_SYMBOLS; k++)
            if (bits.ac[i] && bits.ac[k] && counts.ac[i] > counts.ac[k])
                assert_true(bits.ac[i] - (i & 15) <= bits.ac[k] - (k & 15));
}

static void runs_and_ends_are_counted_as_the_stream_will_have_them(void **state)
{
    (void)state;
    int16_t levels[2][OG_BLOCK] = {{5}, {-3}};
    struct og_symbol_counts counts = {.dc = {0}};
    levels[0][20] = -2; /* 19 zeros before it, then an end */
    levels[1][1] = 1;
    levels[1][63] = 9; /* 61 zeros before it, and no end */
    og_symbols_count(levels, 2, &counts);

    assert_int_equal(counts.dc[3], 1); /* 5 */
    assert_int_equal(counts.dc[4], 1); /* -3 - 5 */
    assert_int_equal(counts.ac[OG_AC_ZEROS], 1 + 3);
    assert_int_equal(counts.ac[3 << 4 | 2], 1);
    assert_int_equal(counts.ac[0 << 4 | 1], 1);
    assert_int_equal(counts.ac[13 << 4 | 4], 1);
    assert_int_equal(counts.ac[OG_AC_END], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_legal_symbol_has_a_word_whatever_was_seen),
        cmocka_unit_test(a_code_is_within_a_bit_of_the_entropy),
        cmocka_unit_test(frequent_symbols_never_have_longer_words),
        cmocka_unit_test(runs_and_ends_are_counted_as_the_stream_will_have_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
