/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/folder.h"
#include "tool/run_origami.h"

static const char *path_in(const struct folder *folder, const char *name, char room[100])
{
    snprintf(room, 100, "%s/%s", folder->path, name);
    return room;
}

/* Exports a slide of that size as TIFF; returns the most resident memory that it took and the bytes of what it made. */
static long export_peak_kb(const struct folder *folder, const char *size, long *made_kb)
{
    char slide[100], result[100];
    struct rusage use;
    struct stat st;
    int status;
    struct origami_run demo =
        ORIGAMI_RUN("demo", "--size", size, "--glass", "80", "-q", "-o", path_in(folder, "slide.tif", slide));
    assert_int_equal(demo.code, 0);
    origami_run_free(&demo);
    const char *const arguments[] = {"export",    slide, "-o", path_in(folder, "out.tif", result), "--threads", "2",
                                     "--quality", "100", NULL};
    pid_t child = origami_start(arguments);
    assert_int_equal(wait4(child, &status, 0, &use), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(stat(result, &st), 0);
    *made_kb = st.st_size / 1024;
    folder_delete(folder, "out.tif");
    return use.ru_maxrss;
}

static void memory_does_not_grow_with_the_slide(void **state)
{
    long small_kb, large_kb;
    long small = export_peak_kb(*state, "4000x3000", &small_kb),
         large = export_peak_kb(*state, "16000x12000", &large_kb);
    assert_true(large_kb > small_kb + 32 * 1024);
    assert_true(large < small + (large_kb - small_kb) / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory_does_not_grow_with_the_slide, folder_setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
