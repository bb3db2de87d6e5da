/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/pages.h"

static void pages_are_zeroed_whole_and_begin_where_a_huge_page_may(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 4096, 4097, (2 << 20) - 64, 2 << 20, (4 << 20) + 1};
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        size_t bytes = sizes[i / 2];
        uint8_t *pages = og_pages_new(bytes, i % 2);
        assert_non_null(pages);
        assert_int_equal((uintptr_t)pages % (2 << 20), 0);
        assert_int_equal(pages[0] | pages[bytes / 2] | pages[bytes - 1], 0);
        memset(pages, 0xa5, bytes);
        og_pages_free(pages, bytes);
    }
    og_pages_free(NULL, 4096);
}

static bool huge_pages_are_allowed(void)
{
    char text[128] = "";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "r");
    bool known = file && fgets(text, sizeof text, file);
    if (file)
        fclose(file);
    return known && !strstr(text, "[never]");
}

/* Does the system see room for a huge page in the mapping of this address? Whether it has one left is its own affair.
 */
static bool may_be_huge(const void *pages)
{
    char line[512];
    unsigned long begin, end;
    unsigned eligible = 0;
    bool here = false;
    FILE *file = fopen("/proc/self/smaps", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lx-%lx ", &begin, &end) == 2)
            here = begin <= (uintptr_t)pages && (uintptr_t)pages < end;
        else if (here && sscanf(line, "THPeligible: %u", &eligible) == 1)
            break;
    }
    fclose(file);
    return eligible;
}

/* The size of a family: less than a huge page. */
static void asked_for_huge_pages_are_possible(void **state)
{
    (void)state;
    enum { BYTES = (2 << 20) - 60000 };
    if (!huge_pages_are_allowed())
        skip();
    uint8_t *pages = og_pages_new(BYTES, true);
    assert_non_null(pages);
    assert_true(may_be_huge(pages));
    og_pages_free(pages, BYTES);
}

static void more_than_there_is_is_refused(void **state)
{
    (void)state;
    assert_null(og_pages_new(SIZE_MAX / 4, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_zeroed_whole_and_begin_where_a_huge_page_may),
        cmocka_unit_test(asked_for_huge_pages_are_possible),
        cmocka_unit_test(more_than_there_is_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
