/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/status.h"

static void every_status_has_its_own_words_and_an_http_code(void **state)
{
    (void)state;
    for (unsigned a = 0; a < OG_STATUS_COUNT; a++) {
        assert_true(strlen(og_status_text(a)) > 0);
        assert_in_range(og_status_http(a), 200, 599);
        for (unsigned b = 0; b < a; b++)
            assert_string_not_equal(og_status_text(a), og_status_text(b));
    }
}

static void only_ok_answers_with_200(void **state)
{
    (void)state;
    for (unsigned s = 0; s < OG_STATUS_COUNT; s++)
        assert_int_equal(og_status_http(s) == 200, s == OG_OK);
    assert_int_equal(og_status_http(OG_NOT_FOUND), 404);
    assert_int_equal(og_status_http(OG_METHOD), 405);
    assert_int_equal(og_status_http(OG_BUSY), 503);
    assert_int_equal(og_status_http(OG_DAMAGED), 500);
}

static void set_fills_the_error_and_returns_the_status(void **state)
{
    (void)state;
    struct og_error err;

    enum og_status status = og_error_set(&err, OG_IO, "byte %d of %s", 7, "a.tif");

    assert_int_equal(status, OG_IO);
    assert_int_equal(err.status, OG_IO);
    assert_string_equal(err.text, "byte 7 of a.tif");
}

static void set_without_an_error_still_returns_the_status(void **state)
{
    (void)state;
    assert_int_equal(og_error_set(NULL, OG_DAMAGED, "nobody reads this"), OG_DAMAGED);
}

static void set_cuts_words_that_are_too_long(void **state)
{
    (void)state;
    char words[1000];
    struct og_error err;
    memset(words, 'w', sizeof words - 1);
    words[sizeof words - 1] = '\0';

    og_error_set(&err, OG_IO, "%s", words);

    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void prefix_puts_words_before_and_keeps_the_status(void **state)
{
    (void)state;
    struct og_error err;
    og_error_set(&err, OG_DAMAGED, "page 3 is short");

    enum og_status status = og_error_prefix(&err, "%s.tif", "a");

    assert_int_equal(status, OG_DAMAGED);
    assert_int_equal(err.status, OG_DAMAGED);
    assert_string_equal(err.text, "a.tif: page 3 is short");
}

/* Every length of prefix and words around the edges of the text. */
static void prefix_cuts_at_the_end_of_the_text_whatever_the_lengths(void **state)
{
    (void)state;
    enum { ROOM = sizeof((struct og_error *)0)->text };
    char prefix[ROOM + 10], words[ROOM + 10], expected[2 * ROOM + 40];
    for (int p = ROOM - 8; p < ROOM + 8; p++)
        for (int w = 0; w < 6; w++) {
            struct og_error err;
            memset(prefix, 'p', (size_t)p);
            memset(words, 'w', (size_t)w);
            prefix[p] = words[w] = '\0';
            og_error_set(&err, OG_IO, "%s", words);
            snprintf(expected, sizeof expected, "%s: %s", prefix, words);

            og_error_prefix(&err, "%s", prefix);

            size_t n = strlen(err.text);
            assert_true(n < ROOM);
            assert_memory_equal(err.text, expected, n < (size_t)p ? n : (size_t)p);
            assert_true(n >= (size_t)(p < ROOM - 1 ? p : ROOM - 1));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_own_words_and_an_http_code),
        cmocka_unit_test(only_ok_answers_with_200),
        cmocka_unit_test(set_fills_the_error_and_returns_the_status),
        cmocka_unit_test(set_without_an_error_still_returns_the_status),
        cmocka_unit_test(set_cuts_words_that_are_too_long),
        cmocka_unit_test(prefix_puts_words_before_and_keeps_the_status),
        cmocka_unit_test(prefix_cuts_at_the_end_of_the_text_whatever_the_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
