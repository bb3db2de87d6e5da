/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/roff.h"

static void expect(const char *text, const char *page)
{
    char *room = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&room, &size);
    assert_non_null(out);
    og_roff_text(text, out);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(room, page);
    free(room);
}

static void plain_words_stay_as_they_are(void **state)
{
    (void)state;
    expect("", "");
    expect("Tiles, of 0.25 \u00b5m.\n  Two lines", "Tiles, of 0.25 \u00b5m.\n  Two lines");
}

static void letters_with_a_meaning_lose_it(void **state)
{
    (void)state;
    expect("a\\b", "a\\eb");
    expect("--json", "\\-\\-json");
    expect("'scan.tif[tile]'", "\\(aqscan.tif[tile]\\(aq");
    expect("`^~", "\\(ga\\(ha\\(ti");
}

static void no_line_becomes_a_request(void **state)
{
    (void)state;
    expect(".TH", "\\&.TH");
    expect("one.\n.two", "one.\n\\&.two");
    expect("'br", "\\(aqbr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_stay_as_they_are),
        cmocka_unit_test(letters_with_a_meaning_lose_it),
        cmocka_unit_test(no_line_becomes_a_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
