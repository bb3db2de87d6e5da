/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/escape.h"
#include "support/cmocka_all.h"

struct sample {
    const char *text, *escaped;
};

typedef size_t escape(char *out, size_t room, const char *text, size_t length);

static void expect_all(escape *as, const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char out[200];
        size_t n = as(out, sizeof out, samples[i].text, strlen(samples[i].text));
        assert_string_equal(out, samples[i].escaped);
        assert_int_equal(n, strlen(out));
    }
}

static void json_keeps_what_is_utf8_and_replaces_what_is_not(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"", ""},
        {"/tiles/s/0/0_0.jpg", "/tiles/s/0/0_0.jpg"},
        {"\"\\\n\x7f", "\\\"\\\\\\u000a\\u007f"},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\xac", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\xac"},
        {"\xff\xc3", "\\ufffd\\ufffd"},                       /* never begins; is cut off */
        {"\xc0\xaf", "\\ufffd\\ufffd"},                       /* longer than it need be */
        {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},            /* half of a surrogate pair */
        {"\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd"}, /* beyond the last character */
        {"\xe2\x82x", "\\ufffd\\ufffdx"},
    };
    expect_all(og_escape_json, samples, sizeof samples / sizeof samples[0]);
}

static void a_word_has_no_blank_and_no_control_byte(void **state)
{
    (void)state;
    static const struct sample samples[] = {
        {"", ""},
        {"/a_b-c.d?e=f", "/a_b-c.d?e=f"},
        {"a b\tc\r\n", "a\\x20b\\x09c\\x0d\\x0a"},
        {"\"\\\xc3\xa4\x7f", "\\x22\\x5c\\xc3\\xa4\\x7f"},
    };
    expect_all(og_escape_word, samples, sizeof samples / sizeof samples[0]);
}

static void what_does_not_fit_is_left_out_whole(void **state)
{
    (void)state;
    char out[8];
    assert_int_equal(og_escape_json(out, sizeof out, "ab\n\n", 4), 2 + 0);
    assert_string_equal(out, "ab");
    assert_int_equal(og_escape_json(out, sizeof out, "a\nb", 3), 7);
    assert_string_equal(out, "a\\u000a");
    assert_int_equal(og_escape_word(out, sizeof out, "abcd\n", 5), 4);
    assert_string_equal(out, "abcd");
    assert_int_equal(og_escape_word(out, 1, "a", 1), 0);
    assert_string_equal(out, "");
}

static void a_nul_is_a_byte_like_others(void **state)
{
    (void)state;
    char out[16];
    og_escape_json(out, sizeof out, "a\0b", 3);
    assert_string_equal(out, "a\\u0000b");
    og_escape_word(out, sizeof out, "a\0b", 3);
    assert_string_equal(out, "a\\x00b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_keeps_what_is_utf8_and_replaces_what_is_not),
        cmocka_unit_test(a_word_has_no_blank_and_no_control_byte),
        cmocka_unit_test(what_does_not_fit_is_left_out_whole),
        cmocka_unit_test(a_nul_is_a_byte_like_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
