/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/parse.h"

#define UNTOUCHED UINT64_C(0xfeedface)

struct decimal_case {
    const char *text;
    uint64_t max, value;
    bool good;
};

static void decimals_are_digits_without_sign_blank_or_leading_zero(void **state)
{
    (void)state;
    static const struct decimal_case cases[] = {
        {"0", 9, 0, true},
        {"7", 7, 7, true},
        {"8", 7, 0, false},
        {"10", 10, 10, true},
        {"10", 9, 0, false},
        {"", 9, 0, false},
        {"00", 9, 0, false},
        {"01", 9, 0, false},
        {"+1", 9, 0, false},
        {"-1", 9, 0, false},
        {" 1", 9, 0, false},
        {"1 ", 9, 0, false},
        {"1.0", 9, 0, false},
        {"0x1", 99, 0, false},
        {"1e1", 99, 0, false},
        {"1/", 99, 0, false},
        {"1:", 99, 0, false},
        {"0", 0, 0, true},
        {"1", 0, 0, false},
        {"٣", 99, 0, false},
        {"4294967295", UINT32_MAX, UINT32_MAX, true},
        {"4294967296", UINT32_MAX, 0, false},
        {"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
        {"18446744073709551616", UINT64_MAX, 0, false},
        {"99999999999999999999", UINT64_MAX, 0, false},
        {"100000000000000000000", UINT64_MAX, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = UNTOUCHED;

        bool good = og_parse_decimal(cases[i].text, strlen(cases[i].text), cases[i].max, &value);

        if (good != cases[i].good || value != (good ? cases[i].value : UNTOUCHED))
            fail_msg("\"%s\" up to %llu gave %d, %llu", cases[i].text, (unsigned long long)cases[i].max, good,
                     (unsigned long long)value);
    }
}

static void decimals_end_where_their_length_says(void **state)
{
    (void)state;
    uint64_t value = 0;

    assert_true(og_parse_decimal("12345", 3, 999, &value));

    assert_int_equal(value, 123);
}

static void every_decimal_up_to_the_bound_is_read_and_none_above(void **state)
{
    (void)state;
    for (uint64_t max = 0; max < 130; max += 13)
        for (unsigned n = 0; n < 200; n++) {
            char text[8];
            uint64_t value = UNTOUCHED;
            snprintf(text, sizeof text, "%u", n);

            bool good = og_parse_decimal(text, strlen(text), max, &value);

            assert_int_equal(good, n <= max);
            assert_int_equal(value, good ? n : UNTOUCHED);
        }
}

static void sizes_take_one_binary_unit(void **state)
{
    (void)state;
    static const struct decimal_case cases[] = {
        {"0", 0, 0, true},
        {"1", 0, 1, true},
        {"1K", 0, 1024, true},
        {"256M", 0, UINT64_C(256) << 20, true},
        {"3G", 0, UINT64_C(3) << 30, true},
        {"0G", 0, 0, true},
        {"17179869183G", 0, UINT64_C(17179869183) << 30, true},
        {"17179869184G", 0, 0, false},
        {"18446744073709551615", 0, UINT64_MAX, true},
        {"18014398509481984K", 0, 0, false},
        {"", 0, 0, false},
        {"K", 0, 0, false},
        {"1k", 0, 0, false},
        {"1KB", 0, 0, false},
        {"1KK", 0, 0, false},
        {"1 K", 0, 0, false},
        {"1T", 0, 0, false},
        {"-1", 0, 0, false},
        {"01K", 0, 0, false},
        {"1.5G", 0, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t value = UNTOUCHED;

        bool good = og_parse_size(cases[i].text, &value);

        if (good != cases[i].good || value != (good ? cases[i].value : UNTOUCHED))
            fail_msg("\"%s\" gave %d, %llu", cases[i].text, good, (unsigned long long)value);
    }
}

static void fractions_have_at_most_six_places_and_no_other_sign(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value; /* below 0: refused */
    } cases[] = {
        {"0", 0},    {"36", 36},   {"36.5", 36.5}, {"0.95", 0.95},    {"0.000001", 0.000001},
        {"99", 99},  {"99.0", 99}, {"99.1", -1},   {"100", -1},       {"", -1},
        {".", -1},   {".5", -1},   {"5.", -1},     {"1.2.3", -1},     {"-1", -1},
        {"+1", -1},  {"1e1", -1},  {" 1", -1},     {"1 ", -1},        {"01", -1},
        {"1,5", -1}, {"nan", -1},  {"inf", -1},    {"0.0000001", -1}, {"1.x", -1},
        {"0x1", -1}, {"1.-1", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = -1;

        bool good = og_parse_fixed(cases[i].text, 99, &value);

        if (good != (cases[i].value >= 0) || value < cases[i].value || value > cases[i].value)
            fail_msg("\"%s\" gave %d, %g", cases[i].text, good, value);
    }
}

static void slide_ids_are_plain_and_never_hidden(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "A-1_b.c", "0", "-", "_", "a..b", "CMU-1-Small-Region", "x."};
    static const char *const bad[] = {"", ".", "..", ".a", "a/b", "a b", "a%", "ä", "a\n", "a\x7f", "a:b", "a@", "a["};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!og_parse_slide_id(good[i], strlen(good[i])))
            fail_msg("\"%s\" was refused", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (og_parse_slide_id(bad[i], strlen(bad[i])))
            fail_msg("\"%s\" was accepted", bad[i]);
}

static void slide_ids_have_a_greatest_length(void **state)
{
    (void)state;
    char text[OG_SLIDE_ID_MAX + 1];
    memset(text, 'a', sizeof text);

    assert_true(og_parse_slide_id(text, OG_SLIDE_ID_MAX));
    assert_false(og_parse_slide_id(text, OG_SLIDE_ID_MAX + 1));
}

static void slide_ids_with_a_nul_inside_are_refused(void **state)
{
    (void)state;
    assert_false(og_parse_slide_id("a\0b", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_are_digits_without_sign_blank_or_leading_zero),
        cmocka_unit_test(decimals_end_where_their_length_says),
        cmocka_unit_test(every_decimal_up_to_the_bound_is_read_and_none_above),
        cmocka_unit_test(sizes_take_one_binary_unit),
        cmocka_unit_test(fractions_have_at_most_six_places_and_no_other_sign),
        cmocka_unit_test(slide_ids_are_plain_and_never_hidden),
        cmocka_unit_test(slide_ids_have_a_greatest_length),
        cmocka_unit_test(slide_ids_with_a_nul_inside_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
