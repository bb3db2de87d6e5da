/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "daemon/machine.h"
#include "support/cmocka_all.h"
#include "support/folder.h"

#define MIB (UINT64_C(1) << 20)

static void the_machine_bounds_what_no_group_bounds(void **state)
{
    struct folder *root = *state;
    folder_write_text(root, "proc/meminfo", "MemTotal:        8192 kB\nMemFree:         1000 kB\n");
    assert_int_equal(og_machine_memory(root->path), 8 * MIB);

    folder_write_text(root, "proc/self/cgroup", "0::/a\n");
    folder_write_text(root, "sys/fs/cgroup/a/memory.max", "max\n");
    assert_int_equal(og_machine_memory(root->path), 8 * MIB);
}

static void the_narrowest_group_on_the_way_up_counts(void **state)
{
    struct folder *root = *state;
    folder_write_text(root, "proc/meminfo", "MemTotal: 1048576 kB\n");
    folder_write_text(root, "proc/self/cgroup", "0::/outer/middle/inner\n");
    folder_write_text(root, "sys/fs/cgroup/outer/middle/inner/memory.max", "max\n");
    folder_write_text(root, "sys/fs/cgroup/outer/middle/memory.max", "104857600\n");
    folder_write_text(root, "sys/fs/cgroup/outer/memory.max", "209715200\n");
    assert_int_equal(og_machine_memory(root->path), 100 * MIB);
}

static void the_root_of_a_container_is_a_group_too(void **state)
{
    struct folder *root = *state;
    folder_write_text(root, "proc/meminfo", "MemTotal: 1048576 kB\n");
    folder_write_text(root, "proc/self/cgroup", "0::/\n");
    folder_write_text(root, "sys/fs/cgroup/memory.max", "52428800\n");
    assert_int_equal(og_machine_memory(root->path), 50 * MIB);
}

static void groups_of_the_first_version_count(void **state)
{
    struct folder *root = *state;
    folder_write_text(root, "proc/meminfo", "MemTotal: 1048576 kB\n");
    folder_write_text(root, "proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a/b\n1:name=systemd:/\n0::/\n");
    folder_write_text(root, "sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
    folder_write_text(root, "sys/fs/cgroup/memory/a/memory.limit_in_bytes", "20971520\n");
    assert_int_equal(og_machine_memory(root->path), 20 * MIB);
}

static void what_cannot_be_read_does_not_bound(void **state)
{
    struct folder *root = *state;
    assert_true(og_machine_memory(root->path) == UINT64_MAX);
    folder_write_text(root, "proc/self/cgroup", "nonsense\n\n:\n0:\n0::relative\n");
    folder_write_text(root, "proc/meminfo", "MemFree: 5 kB\n");
    assert_true(og_machine_memory(root->path) == UINT64_MAX);
}

static void this_machine_has_memory(void **state)
{
    (void)state;
    assert_in_range(og_machine_memory(""), 16 * MIB, UINT64_C(1) << 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_machine_bounds_what_no_group_bounds, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(the_narrowest_group_on_the_way_up_counts, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(the_root_of_a_container_is_a_group_too, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(groups_of_the_first_version_count, folder_setup, folder_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_does_not_bound, folder_setup, folder_teardown),
        cmocka_unit_test(this_machine_has_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
