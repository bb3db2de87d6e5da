/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "slide/catalogue.h"
#include "support/folder.h"
#include "support/hearing.h"
#include "support/process_use.h"
#include "support/tiny_slides.h"

struct fixture {
    struct folder *folder;
    struct hearing hearing;
    struct og_catalogue *catalogue;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    f->folder = folder_make();
    hearing_open(&f->hearing);
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    og_catalogue_close(&f->catalogue);
    hearing_close(&f->hearing);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void open_catalogue(struct fixture *f)
{
    assert_int_equal(og_catalogue_open(f->folder->path, f->hearing.log, f->hearing.block, &f->catalogue, NULL), OG_OK);
}

static void expect_counts(struct fixture *f, unsigned opened, unsigned skipped)
{
    assert_int_equal(og_catalogue_count(f->catalogue), opened);
    assert_int_equal(og_metrics_sum(f->hearing.metrics, OG_COUNT_SLIDE_OPENED), opened);
    assert_int_equal(og_metrics_sum(f->hearing.metrics, OG_COUNT_SLIDE_SKIPPED), skipped);
    assert_int_equal(hearing_count(&f->hearing, " warn catalogue: "), skipped);
}

static void expect_line(struct fixture *f, const char *words)
{
    if (!hearing_count(&f->hearing, words))
        fail_msg("no \"%s\" in\n%s", words, f->hearing.lines);
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

    assert_int_equal(og_catalogue_open("/nowhere/at/all", f->hearing.log, f->hearing.block, &f->catalogue, &err),
                     OG_NOT_FOUND);
    assert_null(f->catalogue);
    assert_string_equal(err.text, "/nowhere/at/all: cannot open the folder: No such file or directory");
    assert_int_equal(og_catalogue_open(path, f->hearing.log, f->hearing.block, &f->catalogue, &err), OG_IO);
    assert_null(f->catalogue);
}

/* Ids of which one begins another, or sorts otherwise with its suffix than without. */
static void every_slide_is_found_by_its_whole_id_only(void **state)
{
    static const char *const ids[] = {"a", "ab", "a-b", "a.b", "a_files", "B", "0", "a.tif", "zz"};
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        tiny_deepzoom(f->folder, ids[i], 1);

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
    tiny_deepzoom(f->folder, "a", 1);
    tiny_deepzoom(f->folder, "b", 1);
    open_catalogue(f);

    struct og_slide *a = og_catalogue_find(f->catalogue, "a", 1), *b = og_catalogue_find(f->catalogue, "b", 1);

    assert_int_not_equal(og_slide_key(a), og_slide_key(b));
    og_slide_unref(&a);
    og_slide_unref(&b);
}

static void the_list_is_sorted_by_id(void **state)
{
    struct fixture *f = *state;
    tiny_deepzoom(f->folder, "b", 1);
    tiny_deepzoom(f->folder, "a-c", 1);
    tiny_deepzoom(f->folder, "a", 1);

    open_catalogue(f);

    struct og_buf *json = og_catalogue_json(f->catalogue);
    char *text = calloc(1, json->size + 1);
    memcpy(text, json->data, json->size);
    const char *first = strstr(text, "\"id\":\"a\""), *second = strstr(text, "\"id\":\"a-c\""),
               *third = strstr(text, "\"id\":\"b\"");
    assert_true(first && second && third && first < second && second < third);
    free(text);
}

static void folders_that_hold_a_base_pyramid_are_slides_of_their_name(void **state)
{
    struct fixture *f = *state;
    tiny_published(f->folder, "a");
    tiny_published(f->folder, "scan.svs");
    tiny_deepzoom(f->folder, "twice", 1);
    tiny_published(f->folder, "twice");
    tiny_published(f->folder, "broken");
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
    tiny_deepzoom(f->folder, "good", 1);
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
    tiny_deepzoom(f->folder, "a", 1);
    folder_write_text(f->folder, ".a.tif.new", "half a slide");
    folder_write_text(f->folder, ".hidden.tif", "");
    folder_directory(f->folder, ".git");

    open_catalogue(f);

    expect_counts(f, 1, 0);
}

static void the_folder_of_a_broken_dzi_is_not_told_twice(void **state)
{
    struct fixture *f = *state;
    tiny_deepzoom(f->folder, "a", 1);
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
    tiny_deepzoom(f->folder, id, 1);
    id[OG_SLIDE_ID_MAX] = 'x';
    id[OG_SLIDE_ID_MAX + 1] = '\0';
    tiny_deepzoom(f->folder, id, 1);

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
    tiny_deepzoom(f->folder, "a", 1);
    tiny_deepzoom(f->folder, "b", 1);
    folder_write_text(f->folder, "broken.tif", "II");
    unsigned before = og_use_descriptors();

    open_catalogue(f);
    og_catalogue_close(&f->catalogue);

    assert_int_equal(og_use_descriptors(), before);
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
