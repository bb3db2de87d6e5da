/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/key.h"

static void keys_of_the_same_name_are_equal(void **state)
{
    (void)state;
    struct og_key a = og_key_make(9, 1, 2, 3, 4), b = og_key_make(9, 1, 2, 3, 4);

    assert_true(og_key_equal(&a, &b));
    assert_int_equal(a.hash, b.hash);
}

static void keys_that_differ_in_any_part_differ(void **state)
{
    (void)state;
    struct og_key a = og_key_make(9, 1, 2, 3, 4);
    struct og_key others[] = {
        og_key_make(9, 2, 2, 3, 4), og_key_make(9, 1, 1, 3, 4), og_key_make(9, 1, 2, 4, 4),
        og_key_make(9, 1, 2, 3, 3), og_key_make(9, 1, 2, 4, 3), og_key_make(9, 1, OG_KEY_FAMILY, 3, 4),
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(og_key_equal(&a, &others[i]));
}

static void equality_looks_beyond_the_hash(void **state)
{
    (void)state;
    struct og_key a = og_key_make(9, 1, 2, 3, 4), b = og_key_make(9, 1, 2, 3, 5);
    b.hash = a.hash;

    assert_false(og_key_equal(&a, &b));
}

static void the_seed_changes_the_hash(void **state)
{
    (void)state;
    struct og_key a = og_key_make(1, 1, 2, 3, 4), b = og_key_make(2, 1, 2, 3, 4);

    assert_int_not_equal(a.hash, b.hash);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

enum { SLIDES = 8, LEVELS = 8, SIDE = 32, KEYS = SLIDES * LEVELS * SIDE * SIDE };

static uint64_t *hashes_of_neighbours(void)
{
    uint64_t *hash = malloc(KEYS * sizeof *hash);
    assert_non_null(hash);
    size_t n = 0;
    for (unsigned s = 0; s < SLIDES; s++)
        for (unsigned l = 0; l < LEVELS; l++)
            for (unsigned y = 0; y < SIDE; y++)
                for (unsigned x = 0; x < SIDE; x++)
                    hash[n++] = og_key_make(7, s, l, x, y).hash;
    return hash;
}

static void neighbouring_keys_never_share_a_hash(void **state)
{
    (void)state;
    uint64_t *hash = hashes_of_neighbours();
    qsort(hash, KEYS, sizeof *hash, compare);

    for (size_t i = 1; i < KEYS; i++)
        assert_int_not_equal(hash[i - 1], hash[i]);
    free(hash);
}

/* 256 buckets of 256 keys each on average, standard deviation 16: six of them is a fault, by low bits and by high. */
static void neighbouring_keys_spread_evenly(void **state)
{
    (void)state;
    uint64_t *hash = hashes_of_neighbours();
    for (unsigned shift = 0; shift <= 56; shift += 8) {
        unsigned bucket[256] = {0};
        for (size_t i = 0; i < KEYS; i++)
            bucket[hash[i] >> shift & 255]++;
        for (unsigned b = 0; b < 256; b++)
            assert_in_range(bucket[b], KEYS / 256 - 96, KEYS / 256 + 96);
    }
    free(hash);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_same_name_are_equal),      cmocka_unit_test(keys_that_differ_in_any_part_differ),
        cmocka_unit_test(equality_looks_beyond_the_hash),       cmocka_unit_test(the_seed_changes_the_hash),
        cmocka_unit_test(neighbouring_keys_never_share_a_hash), cmocka_unit_test(neighbouring_keys_spread_evenly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
