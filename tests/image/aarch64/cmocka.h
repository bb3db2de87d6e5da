/* SPDX-License-Identifier: MIT */
#ifndef OG_TESTS_IMAGE_AARCH64_CMOCKA_H
#define OG_TESTS_IMAGE_AARCH64_CMOCKA_H
/*
 * As much of cmocka as test_kernels.c calls, for a processor that the machine has a compiler for but no library: every
 * claim runs, and the first one that does not hold ends the program.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
    void *state;
};

#define cmocka_unit_test_prestate(test, before)                                                                        \
    {                                                                                                                  \
#test, test, before                                                                                            \
    }
#define cmocka_unit_test(test)                         cmocka_unit_test_prestate(test, NULL)
#define cmocka_run_group_tests(tests, setup, teardown) cmocka_run(tests, sizeof(tests) / sizeof(tests)[0])

#define assert_true(claim)           cmocka_claim((claim) != 0, #claim, __FILE__, __LINE__)
#define assert_int_equal(a, b)       cmocka_claim((intmax_t)(a) == (intmax_t)(b), #a " is " #b, __FILE__, __LINE__)
#define assert_ptr_equal(a, b)       cmocka_claim((a) == (b), #a " is " #b, __FILE__, __LINE__)
#define assert_memory_equal(a, b, n) cmocka_claim(memcmp(a, b, n) == 0, #a " is " #b, __FILE__, __LINE__)
#define assert_string_equal(a, b)    cmocka_claim(strcmp(a, b) == 0, #a " is " #b, __FILE__, __LINE__)

static inline void cmocka_claim(int holds, const char *claim, const char *file, int line)
{
    if (holds)
        return;
    printf("%s:%d: not so: %s\n", file, line, claim);
    exit(1);
}

static inline int cmocka_run(const struct CMUnitTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *state = tests[i].state;
        printf("    %s\n", tests[i].name);
        tests[i].run(&state);
    }
    return 0;
}

#endif
