/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "slide/catalogue.h"
#include "slide/folder.h"

struct fixture {
    struct folder *folder;
    int log_fd;
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_metrics_block *block;
    struct og_catalogue *catalogue;
    char lines[16384];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->folder = folder_make();
    f->log_fd = memfd_create("log", MFD_CLOEXEC);
    f->log = og_log_new(f->log_fd, OG_LOG_INFO);
    f->metrics = og_metrics_new();
    f->block = og_metrics_take(f->metrics);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    og_catalogue_close(&f->catalogue);
    og_metrics_destroy(&f->metrics);
    og_log_destroy(&f->log);
    close(f->log_fd);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void add_deepzoom(struct fixture *f, const char *id)
{
    char name[300];
    snprintf(name, sizeof name, "%s.dzi", id);
    folder_write_text(f->folder, name,
                      "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='1' Height='1'/></Image>");
    snprintf(name, sizeof name, "%s_files/0/0_0.jpg", id);
    folder_write_text(f->folder, name, "tile");
}

static void open_catalogue(struct fixture *f)
{
    assert_int_equal(og_catalogue_open(f->folder->path, f->log, f->block, &f->catalogue, NULL), OG_OK);
    ssize_t n = pread(f->log_fd, f->lines, sizeof f->lines - 1, 0);
    f->lines[n > 0 ? n : 0] = '\0';
}

static void expect_counts(struct fixture *f, unsigned opened, unsigned skipped)
{
    unsigned warnings = 0;
    for (const char *at = strstr(f->lines, " warn catalogue: "); at; at = strstr(at + 1, " warn catalogue: "))
        warnings++;
    assert_int_equal(og_catalogue_count(f->catalogue), opened);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_SLIDE_OPENED), opened);
    assert_int_equal(og_metrics_sum(f->metrics, OG_COUNT_SLIDE_SKIPPED), skipped);
    assert_int_equal(warnings, skipped);
}

static void expect_line(const struct fixture *f, const char *words)
{
    if (!strstr(f->lines, words))
        fail_msg("no \"%s\" in\n%s", words, f->lines);
}

static void an_empty_folder_is_a_catalogue_of_no_slides(void **state)
{
    struct fixture *f = *state;

    open_catalogue(f);

    expect_counts(f, 0, 0);
    expect_line(f, ": 0 opened, 0 skipped\n");
    struct og_buf *json = og_catalogue_json(f->catalogue);
    assert_int_equal(json->size, strlen("{\"slides\":[]}"));
    assert_memory_equal(json->data, "{\"slides\":[]}", json->size);
    assert_null(og_catalogue_find(f->catalogue, "a", 1));
}

static void a_folder_that_cannot_be_read_is_an_error_that_names_it(void **state)
{
    struct fixture *f = *state;
    struct og_error err;
    folder_write_text(f->folder, "file", "");
    char path[80];
    snprintf(path, sizeof path, "%s/file", f->folder->path);

    assert_int_equal(og_catalogue_open("/nowhere/at/all", f->log, f->block, &f->catalogue, &err), OG_NOT_FOUND);
    assert_null(f->catalogue);
    assert_string_equal(err.text, "/nowhere/at/all: cannot open the folder: No such file or directory");
    assert_int_equal(og_catalogue_open(path, f->log, f->block, &f->catalogue, &err), OG_IO);
    assert_null(f->catalogue);
}

/* Ids of which one begins another, or sorts otherwise with its suffix than without. */
static void every_slide_is_found_by_its_whole_id_only(void **state)
{
    static const char *const ids[] = {"a", "ab", "a-b", "a.b", "a_files", "B", "0", "a.tif", "zz"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        add_deepzoom(f, ids[i]);

    open_catalogue(f);

    expect_counts(f, sizeof ids / sizeof ids[0], 0);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        char longer[40];
        snprintf(longer, sizeof longer, "%s/0/0_0.jpg", ids[i]); /* what follows the id must not count */
        struct og_slide *slide = og_catalogue_find(f->catalogue, longer, strlen(ids[i]));
        assert_non_null(slide);
        assert_string_equal(og_slide_facts(slide)->id, ids[i]);
        og_slide_unref(&slide);
    }
    assert_null(og_catalogue_find(f->catalogue, "", 0));
    assert_null(og_catalogue_find(f->catalogue, "aa", 2));
    assert_null(og_catalogue_find(f->catalogue, "a.dzi", 5));
    assert_null(og_catalogue_find(f->catalogue, "a\0", 2));
    assert_null(og_catalogue_find(f->catalogue, "zzz", 3));
}

static void slides_have_keys_of_their_own(void **state)
{
    struct fixture *f = *state;
    add_deepzoom(f, "a");
    add_deepzoom(f, "b");
    open_catalogue(f);

    struct og_slide *a = og_catalogue_find(f->catalogue, "a", 1), *b = og_catalogue_find(f->catalogue, "b", 1);

    assert_int_not_equal(og_slide_key(a), og_slide_key(b));
    og_slide_unref(&a);
    og_slide_unref(&b);
}

static void the_list_is_sorted_by_id(void **state)
{
    struct fixture *f = *state;
    add_deepzoom(f, "b");
    add_deepzoom(f, "a-c");
    add_deepzoom(f, "a");

    open_catalogue(f);

    struct og_buf *json = og_catalogue_json(f->catalogue);
    char *text = calloc(1, json->size + 1);
    memcpy(text, json->data, json->size);
    const char *first = strstr(text, "\"id\":\"a\""), *second = strstr(text, "\"id\":\"a-c\""),
               *third = strstr(text, "\"id\":\"b\"");
    assert_true(first && second && third && first < second && second < third);
    free(text);
}

static void add_published(struct fixture *f, const char *id)
{
    char name[300];
    snprintf(name, sizeof name, "%s/baseline_pyramid.dzi", id);
    folder_write_text(f->folder, name,
                      "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='4' Height='4'/></Image>");
    snprintf(name, sizeof name, "%s/baseline_pyramid_files/0/0_0.jpg", id);
    folder_write_text(f->folder, name, "tile");
    snprintf(name, sizeof name, "%s/residual_packs/0_0.pack", id);
    folder_write_text(f->folder, name, "pack");
}

static void folders_that_hold_a_base_pyramid_are_slides_of_their_name(void **state)
{
    struct fixture *f = *state;
    add_published(f, "a");
    add_published(f, "scan.svs");
    add_deepzoom(f, "twice");
    add_published(f, "twice");
    add_published(f, "broken");
    folder_write_text(f->folder, "broken/summary.json", "{");
    folder_link(f->folder, "a", "link");
    folder_directory(f->folder, "orphan");
    folder_link(f->folder, "../a/baseline_pyramid.dzi", "orphan/baseline_pyramid.dzi");

    open_catalogue(f);

    expect_counts(f, 3, 4);
    expect_line(f, "skipped broken: summary.json: byte");
    expect_line(f, "skipped link: not a slide: neither .tif nor .dzi nor a folder with baseline_pyramid.dzi");
    expect_line(f, "skipped orphan: baseline_pyramid.dzi: a symbolic link");
    expect_line(f, "skipped twice: there is a slide of that name already, of format deepzoom");
    struct og_slide *slide = og_catalogue_find(f->catalogue, "scan.svs", 8);
    assert_string_equal(og_slide_facts(slide)->format, "rrip");
    og_slide_unref(&slide);
}

static void foreign_and_broken_entries_get_one_line_and_harm_nobody(void **state)
{
    static const char classic[] = "II*\0\x08\0\0\0\0\0\0\0\0\0", big[] = "II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0";
    struct fixture *f = *state;
    add_deepzoom(f, "good");
    folder_write(f->folder, "classic.tif", classic, sizeof classic - 1);
    folder_write(f->folder, "big.tif", big, sizeof big - 1);
    folder_write_text(f->folder, "empty.tif", "");
    folder_write_text(f->folder, "text.tif", "This is not a TIFF file, whatever its name may say about it.");
    folder_write_text(f->folder, "broken.dzi", "<Image");
    folder_write_text(f->folder, "notes.txt", "");
    folder_write_text(f->folder, "scan.svs", "");
    folder_write_text(f->folder, "with space.tif", "");
    folder_write_text(f->folder, "line\nbreak.tif", "");
    folder_directory(f->folder, "folder");
    folder_directory(f->folder, "folder.tif");
    folder_directory(f->folder, "orphan_files");
    folder_link(f->folder, "good.dzi", "link.dzi");
    folder_pipe(f->folder, "pipe.tif");

    open_catalogue(f);

    expect_counts(f, 1, 14);
    expect_line(f, "skipped classic.tif: ");
    expect_line(f, "skipped big.tif: ");
    expect_line(f, "skipped empty.tif: ");
    expect_line(f, "skipped text.tif: ");
    expect_line(f, "skipped broken.dzi: line 1: ");
    expect_line(f, "skipped notes.txt: not a slide");
    expect_line(f, "skipped scan.svs: not a slide");
    expect_line(f, "skipped with space.tif: its name is not fit");
    expect_line(f, "skipped line?break.tif: its name is not fit");
    expect_line(f, "skipped folder: not a slide");
    expect_line(f, "skipped folder.tif: not a regular file");
    expect_line(f, "skipped orphan_files: not a slide");
    expect_line(f, "skipped link.dzi: a symbolic link");
    expect_line(f, "skipped pipe.tif: not a regular file");
    expect_line(f, ": 1 opened, 14 skipped\n");
}

static void foreign_tiffs_are_called_not_an_origami_slide(void **state)
{
    static const char classic[] = "II*\0\x08\0\0\0\0\0\0\0\0\0";
    struct fixture *f = *state;
    folder_write(f->folder, "classic.tif", classic, sizeof classic - 1);

    open_catalogue(f);

    expect_line(f, "skipped classic.tif: not an Origami slide");
}

static void hidden_files_and_folders_of_tiles_are_passed_in_silence(void **state)
{
    struct fixture *f = *state;
    add_deepzoom(f, "a");
    folder_write_text(f->folder, ".a.tif.new", "half a slide");
    folder_write_text(f->folder, ".hidden.tif", "");
    folder_directory(f->folder, ".git");

    open_catalogue(f);

    expect_counts(f, 1, 0);
}

static void the_folder_of_a_broken_dzi_is_not_told_twice(void **state)
{
    struct fixture *f = *state;
    add_deepzoom(f, "a");
    folder_write_text(f->folder, "a.dzi", "");

    open_catalogue(f);

    expect_counts(f, 0, 1);
}

static void names_of_the_greatest_length_are_ids_and_longer_ones_are_not(void **state)
{
    struct fixture *f = *state;
    char id[OG_SLIDE_ID_MAX + 2];
    memset(id, 'x', sizeof id);
    id[OG_SLIDE_ID_MAX] = '\0';
    add_deepzoom(f, id);
    id[OG_SLIDE_ID_MAX] = 'x';
    id[OG_SLIDE_ID_MAX + 1] = '\0';
    add_deepzoom(f, id);

    open_catalogue(f);

    expect_counts(f, 1, 1);
    struct og_slide *slide = og_catalogue_find(f->catalogue, id, OG_SLIDE_ID_MAX);
    assert_non_null(slide);
    og_slide_unref(&slide);
    assert_null(og_catalogue_find(f->catalogue, id, OG_SLIDE_ID_MAX + 1));
}

static void closing_gives_every_descriptor_back(void **state)
{
    struct fixture *f = *state;
    add_deepzoom(f, "a");
    add_deepzoom(f, "b");
    folder_write_text(f->folder, "broken.tif", "II");
    unsigned before = open_descriptors();

    open_catalogue(f);
    og_catalogue_close(&f->catalogue);

    assert_int_equal(open_descriptors(), before);
    assert_null(f->catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_folder_is_a_catalogue_of_no_slides, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_read_is_an_error_that_names_it, setup, teardown),
        cmocka_unit_test_setup_teardown(every_slide_is_found_by_its_whole_id_only, setup, teardown),
        cmocka_unit_test_setup_teardown(slides_have_keys_of_their_own, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_is_sorted_by_id, setup, teardown),
        cmocka_unit_test_setup_teardown(folders_that_hold_a_base_pyramid_are_slides_of_their_name, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_and_broken_entries_get_one_line_and_harm_nobody, setup, teardown),
        cmocka_unit_test_setup_teardown(foreign_tiffs_are_called_not_an_origami_slide, setup, teardown),
        cmocka_unit_test_setup_teardown(hidden_files_and_folders_of_tiles_are_passed_in_silence, setup, teardown),
        cmocka_unit_test_setup_teardown(the_folder_of_a_broken_dzi_is_not_told_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(names_of_the_greatest_length_are_ids_and_longer_ones_are_not, setup, teardown),
        cmocka_unit_test_setup_teardown(closing_gives_every_descriptor_back, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
