/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slide/slide.h"
#include "support/cmocka_all.h"
#include "support/pictures.h"

/* Opening a slide costs what its kind costs, and not what its size would: bytes that are read, and entries listed. */

static uint64_t bytes_read, calls, entries_listed;

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);
struct dirent *__real_readdir(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    ssize_t n = __real_pread(fd, to, size, offset);
    calls++;
    bytes_read += n > 0 ? (uint64_t)n : 0;
    return n;
}

struct dirent *__wrap_readdir(DIR *folder)
{
    entries_listed++;
    return __real_readdir(folder);
}

struct cost {
    uint64_t bytes, calls, listed, file_bytes;
};

static struct cost open_slide(const struct folder *folder, const char *name)
{
    struct og_slide *slide;
    struct og_error err = {0};
    int directory = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bytes_read = calls = entries_listed = 0;
    if (og_slide_open(directory, name, 1, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct cost cost = {bytes_read, calls, entries_listed, og_slide_facts(slide)->file_bytes};
    og_slide_unref(&slide);
    close(directory);
    return cost;
}

static void write_file(const struct folder *folder, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    for (char *slash = path + strlen(folder->path) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = '\0';
        mkdir(path, 0700);
    }
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        abort();
}

static void an_origami_slide_costs_a_few_kilobytes_whatever_its_size(void **state)
{
    struct folder *folder = folder_make();
    (void)state;
    folder_add_slide(folder, "small", &(struct picture){PICTURE_NOISE, 1024, 1024, 1});
    folder_add_slide(folder, "large", &(struct picture){PICTURE_NOISE, 2048, 2048, 1});
    folder_add_slide(folder, "huge", &(struct picture){PICTURE_NOISE, 4096, 2048, 1});

    struct cost small = open_slide(folder, "small.tif"), large = open_slide(folder, "large.tif"),
                huge = open_slide(folder, "huge.tif");

    folder_remove(&folder);
    enum { A_PAGE = 4096 }; /* a level more is a page more: its directory and its tables */
    assert_true(large.file_bytes > 3 * small.file_bytes && huge.file_bytes > 6 * small.file_bytes);
    assert_in_range(large.bytes, 1, small.bytes + A_PAGE);
    assert_in_range(huge.bytes, 1, large.bytes + A_PAGE);
    assert_in_range(huge.calls, 1, large.calls + 4);
    assert_int_equal(huge.listed, 0);
}

static void write_deepzoom(const struct folder *folder, const char *name, unsigned side, unsigned tiles)
{
    char path[128], text[160];
    unsigned top = 0;
    while (1u << top < side)
        top++;
    for (unsigned i = 0; i < tiles; i++) {
        snprintf(path, sizeof path, "%s_files/%u/%u_%u.jpg", name, top, i % 16, i / 16);
        write_file(folder, path, "tile");
    }
    snprintf(path, sizeof path, "%s_files/%u/0_0.jpg", name, top - 2);
    write_file(folder, path, "tile");
    snprintf(path, sizeof path, "%s.dzi", name);
    snprintf(text, sizeof text, "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='%u' Height='%u'/></Image>",
             side, side);
    write_file(folder, path, text);
}

static void a_deep_zoom_slide_costs_its_dzi(void **state)
{
    struct folder *folder = folder_make();
    (void)state;
    write_deepzoom(folder, "a", 1000, 16);
    write_deepzoom(folder, "b", 4096, 256);

    struct cost small = open_slide(folder, "a.dzi"), large = open_slide(folder, "b.dzi");

    folder_remove(&folder);
    assert_int_equal(large.bytes, small.bytes);
    assert_int_equal(large.calls, small.calls);
    assert_int_equal(large.listed, 0);
}

static void write_packs(const struct folder *folder, const char *name, unsigned side, unsigned packs)
{
    char path[128];
    snprintf(path, sizeof path, "%s/baseline_pyramid", name);
    write_deepzoom(folder, path, side, 1);
    for (unsigned i = 0; i < packs; i++) {
        snprintf(path, sizeof path, "%s/residual_packs/%u_%u.pack", name, i % 16, i / 16);
        write_file(folder, path, "pack");
    }
}

static void a_slide_of_packs_costs_its_dzi_and_a_look_at_two_of_them(void **state)
{
    struct folder *folder = folder_make();
    (void)state;
    write_packs(folder, "a", 2048, 4);
    write_packs(folder, "b", 9999, 256);

    struct cost small = open_slide(folder, "a"), large = open_slide(folder, "b");

    folder_remove(&folder);
    assert_int_equal(large.bytes, small.bytes);
    assert_in_range(large.listed, 1, 4); /* the folder itself, its parent, two packs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origami_slide_costs_a_few_kilobytes_whatever_its_size),
        cmocka_unit_test(a_deep_zoom_slide_costs_its_dzi),
        cmocka_unit_test(a_slide_of_packs_costs_its_dzi_and_a_look_at_two_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
