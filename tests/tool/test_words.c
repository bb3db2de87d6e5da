/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdlib.h>

#include "tool/words.h"

static void counts_are_grouped_by_thousands(void **state)
{
    static const struct {
        uint64_t n;
        const char *text;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {12345678, "12,345,678"}, {100000, "100,000"}};
    char room[32];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        og_words_count(cases[i].n, room, sizeof room);
        assert_string_equal(room, cases[i].text);
    }
}

static void bytes_have_three_digits_and_a_unit(void **state)
{
    static const struct {
        uint64_t n;
        const char *text;
    } cases[] = {{0, "0 bytes"},     {999, "999 bytes"},  {1000, "1.0 kB"},  {123456, "123 kB"},
                 {99949, "99.9 kB"}, {1500000, "1.5 MB"}, {99960, "100 kB"}, {UINT64_C(5) << 40, "5.5 TB"}};
    char room[32];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        og_words_bytes(cases[i].n, room, sizeof room);
        assert_string_equal(room, cases[i].text);
    }
}

static void durations_are_told_as_a_clock_does(void **state)
{
    static const struct {
        double seconds;
        const char *text;
    } cases[] = {{0, "0:00"}, {7.4, "0:07"}, {61, "1:01"}, {3723, "1:02:03"}, {-1, "0:00"}};
    char room[32];
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        og_words_duration(cases[i].seconds, room, sizeof room);
        assert_string_equal(room, cases[i].text);
    }
}

static void lengths_choose_their_unit(void **state)
{
    char room[32];
    (void)state;
    og_words_length(12345.6, room, sizeof room);
    assert_string_equal(room, "12.35 mm");
    og_words_length(2.5, room, sizeof room);
    assert_string_equal(room, "2.5 µm");
}

static void any_text_becomes_valid_json(void **state)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    (void)state;
    og_json_quote("a\"b\\c\n\x01 \xff é", out);
    fclose(out);
    assert_string_equal(text, "\"a\\\"b\\\\c\\u000a\\u0001 \xef\xbf\xbd é\"");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped_by_thousands),    cmocka_unit_test(bytes_have_three_digits_and_a_unit),
        cmocka_unit_test(durations_are_told_as_a_clock_does), cmocka_unit_test(lengths_choose_their_unit),
        cmocka_unit_test(any_text_becomes_valid_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
