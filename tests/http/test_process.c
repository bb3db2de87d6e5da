/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "http/process.h"
#include "support/cmocka_all.h"

static void the_start_lies_between_an_hour_ago_and_now(void **state)
{
    (void)state;
    double now = (double)time(NULL);

    double start = og_process_now().start_time_seconds;

    assert_true(start > now - 3600 && start < now + 2);
}

static void a_descriptor_more_is_counted(void **state)
{
    (void)state;
    uint64_t before = og_process_now().open_fds;
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

    assert_int_equal(og_process_now().open_fds, before + 1);

    close(fd);
    assert_int_equal(og_process_now().open_fds, before);
}

static void memory_is_resident_in_a_larger_address_space(void **state)
{
    (void)state;
    struct og_process now = og_process_now();
    assert_true(now.resident_bytes > 100000);
    assert_true(now.virtual_bytes > now.resident_bytes);
}

static void threads_and_the_limit_of_descriptors_are_told(void **state)
{
    (void)state;
    struct og_process now = og_process_now();
    assert_in_range(now.threads, 1, 99);
    assert_true(now.open_fds < now.max_fds);
}

static void processor_time_grows_with_work(void **state)
{
    (void)state;
    double before = og_process_now().cpu_seconds;
    for (clock_t end = clock() + CLOCKS_PER_SEC / 10; clock() < end;)
        continue;
    assert_true(og_process_now().cpu_seconds > before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_start_lies_between_an_hour_ago_and_now),
        cmocka_unit_test(a_descriptor_more_is_counted),
        cmocka_unit_test(memory_is_resident_in_a_larger_address_space),
        cmocka_unit_test(threads_and_the_limit_of_descriptors_are_told),
        cmocka_unit_test(processor_time_grows_with_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
