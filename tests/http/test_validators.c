/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/date.h"
#include "http/validators.h"
#include "support/cmocka_all.h"

#define TAG   UINT64_C(0x0123456789abcdef)
#define SINCE INT64_C(784111777)

static struct og_words words(const char *text)
{
    return (struct og_words){text, text ? strlen(text) : 0};
}

static void tags_are_sixteen_digits_and_name_the_coding(void **state)
{
    (void)state;
    char text[OG_TAG_TEXT];
    og_tag_print(TAG, OG_CODING_IDENTITY, text);
    assert_string_equal(text, "\"0123456789abcdef\"");
    og_tag_print(TAG, OG_CODING_GZIP, text);
    assert_string_equal(text, "\"0123456789abcdef-gz\"");
}

static void a_list_names_a_tag_or_does_not(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        bool named;
    } cases[] = {
        {"\"a\"", true},
        {"W/\"a\"", true},
        {"*", true},
        {" *", true},
        {"\"b\", \"a\"", true},
        {"\"b\",W/\"a\"", true},
        {"W/\"b\" ,\t\"c\" , \"a\"", true},
        {"\"\", \"a\"", true},
        {",,\"a\",,", true},
        {"\"x,y\", \"a\"", true},
        {"\"b\"", false},
        {"\"A\"", false},
        {"\"aa\"", false},
        {"\"a", false},
        {"a", false},
        {"w/\"a\"", false},
        {"W/ \"a\"", false},
        {"\"b, \"a\"", false},
        {"", false},
        {",", false},
        {"\"", false},
        {"W/", false},
        {"**", false},
        {"*, \"b\"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (og_tag_is_listed(words(cases[i].list), "\"a\"") != cases[i].named)
            fail_msg("%s", cases[i].list);
}

static void tags_decide_before_dates(void **state)
{
    (void)state;
    static const struct {
        const char *tags, *since;
        bool match;
    } cases[] = {
        {NULL, NULL, false},
        {"\"0123456789abcdef\"", NULL, true},
        {"\"0123456789abcdef-gz\"", NULL, false},
        {"\"0\"", "Sun, 06 Nov 1994 08:49:37 GMT", false},
        {"\"0123456789abcdef\"", "Sun, 06 Nov 1994 08:49:36 GMT", true},
        {"", "Sun, 06 Nov 1994 08:49:37 GMT", false},
        {NULL, "Sun, 06 Nov 1994 08:49:37 GMT", true},
        {NULL, "Sun, 06 Nov 1994 08:49:36 GMT", false},
        {NULL, "Sun, 06 Nov 1994 08:49:38 GMT", false}, /* ours may have replaced a newer one */
        {NULL, "yesterday", false},
    };
    const struct og_validators ours = {TAG, SINCE}, undated = {TAG, 0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_head head = {.if_none_match = words(cases[i].tags), .if_modified_since = words(cases[i].since)};
        if (og_validators_match(&ours, OG_CODING_IDENTITY, &head) != cases[i].match)
            fail_msg("case %zu", i);
        if (!cases[i].tags && og_validators_match(&undated, OG_CODING_IDENTITY, &head))
            fail_msg("case %zu without a date", i);
    }
}

static void a_generation_is_asked_by_name_or_not_at_all(void **state)
{
    (void)state;
    assert_true(og_generation_is_asked(words(NULL), TAG));
    assert_true(og_generation_is_asked(words("0123456789abcdef"), TAG));
    assert_true(og_generation_is_asked(words("0000000000000001"), 1));
    static const char *const others[] = {
        "", "0123456789abcdee", "0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF", "1123456789abcdef"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(og_generation_is_asked(words(others[i]), TAG));
}

static void dates_are_read_in_three_ways_and_no_fourth(void **state)
{
    (void)state;
    static const char *const good[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                       "Sun Nov  6 08:49:37 1994"};
    static const char *const bad[] = {
        "",
        "0",
        "784111777",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 GMT ",
        "Sun,06 Nov 1994 08:49:37 GMT",
        "Son, 06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT",
        "Sun, 31 Nov 1994 08:49:37 GMT",
        "Sun, 29 Feb 1995 08:49:37 GMT",
        "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1969 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sunrise, 06-Nov-94 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994",
        "Sun Nov  6 08:49:37 1994 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT and a good deal more than any date",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t seconds = 0;
        assert_true(og_date_parse(good[i], strlen(good[i]), &seconds));
        assert_int_equal(seconds, SINCE);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t seconds = 5;
        if (og_date_parse(bad[i], strlen(bad[i]), &seconds) || seconds != 5)
            fail_msg("%s", bad[i]);
    }
    int64_t seconds;
    assert_false(og_date_parse("Sun, 06 Nov 1994\0 08:49:37 GMT", 30, &seconds));
}

/* The C library is the specification. */
static void what_is_printed_is_right_and_read_back(void **state)
{
    (void)state;
    srandom(11);
    for (unsigned i = 0; i < 20000; i++) {
        time_t at = (time_t)(((uint64_t)random() << 31 | (uint64_t)random()) % UINT64_C(253402300800));
        struct tm parts;
        char text[OG_DATE_TEXT], expected[64];
        int64_t back = -1;
        gmtime_r(&at, &parts);
        strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &parts);

        og_date_print(at, text);

        assert_string_equal(text, expected);
        assert_true(og_date_parse(text, strlen(text), &back));
        assert_int_equal(back, at);
    }
}

static void times_beyond_all_calendars_are_the_nearest_that_can_be_written(void **state)
{
    (void)state;
    char text[OG_DATE_TEXT];
    og_date_print(INT64_MIN, text);
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    og_date_print(INT64_MAX, text);
    assert_string_equal(text, "Fri, 31 Dec 9999 23:59:59 GMT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_are_sixteen_digits_and_name_the_coding),
        cmocka_unit_test(a_list_names_a_tag_or_does_not),
        cmocka_unit_test(tags_decide_before_dates),
        cmocka_unit_test(a_generation_is_asked_by_name_or_not_at_all),
        cmocka_unit_test(dates_are_read_in_three_ways_and_no_fourth),
        cmocka_unit_test(what_is_printed_is_right_and_read_back),
        cmocka_unit_test(times_beyond_all_calendars_are_the_nearest_that_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
