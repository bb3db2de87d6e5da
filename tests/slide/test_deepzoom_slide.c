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
#include <sys/stat.h>
#include <unistd.h>

#include "slide/slide.h"
#include "support/folder.h"
#include "support/process_use.h"

#define SPACE        "http://schemas.microsoft.com/deepzoom/2008"
#define SIZE_ELEMENT "<Size Width=\"600\" Height=\"300\"/>"
#define DZI                                                                                                            \
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Image xmlns=\"" SPACE "\" Format=\"jpg\" Overlap=\"1\" "             \
    "TileSize=\"254\">" SIZE_ELEMENT "</Image>\n"

static enum og_reader_kind kind;
static struct og_reader *reader; /* of the test's thread */

static int make_reader(void **state)
{
    (void)state;
    struct og_error err;
    if (og_reader_new(kind, &reader, &err) == OG_OK)
        return 0;
    print_message("%s: %s\n", og_reader_kind_name(kind), err.text);
    return og_reader_new(OG_READER_PREAD, &reader, NULL) == OG_OK ? 0 : -1;
}

static int end_reader(void **state)
{
    (void)state;
    og_reader_destroy(&reader);
    return 0;
}

/* Every tile of a 600 x 300 image holds its own name. */
static int setup(void **state)
{
    struct og_pyramid p;
    folder_setup(state);
    if (!og_pyramid_make(600, 300, 254, 1, &p))
        return 1;
    for (unsigned depth = 0; depth <= p.top; depth++) {
        struct og_extent grid = og_pyramid_grid(&p, depth);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            char name[80];
            snprintf(name, sizeof name, "a_files/%u/%u_%u.jpg", p.top - depth, i % grid.width, i / grid.width);
            folder_write_text(*state, name, name);
        }
    }
    folder_write_text(*state, "a.dzi", DZI);
    return 0;
}

static struct og_slide *open_a(const struct folder *folder)
{
    struct og_slide *slide;
    struct og_error err = {.text = ""};
    if (og_slide_open(folder->fd, "a.dzi", 5, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    return slide;
}

static void expect_refusal(const struct folder *folder, enum og_status status, const char *reason)
{
    struct og_slide *slide;
    struct og_error err = {.text = ""};
    unsigned before = og_use_descriptors();

    enum og_status found = og_slide_open(folder->fd, "a.dzi", 5, &slide, &err);

    if (found != status || err.status != status || strncmp(err.text, "a.dzi: ", 7) != 0 || !strstr(err.text, reason))
        fail_msg("status %d, \"%s\"; expected %d, \"%s\"", found, err.text, status, reason);
    assert_null(slide);
    assert_int_equal(og_use_descriptors(), before);
}

/* ---- the .dzi ---- */

static void the_dzi_gives_size_and_tiling(void **state)
{
    unsigned before = og_use_descriptors();
    struct og_slide *slide = open_a(*state);
    const struct og_slide_facts *facts = og_slide_facts(slide);

    assert_string_equal(facts->id, "a");
    assert_string_equal(facts->format, "deepzoom");
    assert_int_equal(facts->pyramid.width, 600);
    assert_int_equal(facts->pyramid.height, 300);
    assert_int_equal(facts->pyramid.tile, 254);
    assert_int_equal(facts->pyramid.overlap, 1);
    assert_int_equal(facts->description.width, 600);
    assert_int_equal(facts->last_depth, facts->pyramid.top);
    assert_false(facts->residual);

    og_slide_unref(&slide);
    assert_int_equal(og_use_descriptors(), before);
}

static uint64_t generation_of_a(const struct folder *folder)
{
    struct og_slide *slide = open_a(folder);
    uint64_t generation = og_slide_facts(slide)->generation;
    og_slide_unref(&slide);
    return generation;
}

static void keep_times(const struct folder *folder, const char *name)
{
    static const struct timespec times[2] = {{.tv_sec = 1600000000}, {.tv_sec = 1600000000}};
    assert_int_equal(utimensat(folder->fd, name, times, 0), 0);
}

/* Nothing but the time of change tells them apart; a file system's clock may tick slowly. */
static void another_of_the_same_size_and_time_of_writing_has_another_generation(void **state)
{
    const struct folder *folder = *state;
    keep_times(folder, "a.dzi");
    keep_times(folder, "a_files");
    uint64_t old = generation_of_a(folder);
    assert_int_equal(generation_of_a(folder), old);

    usleep(20000);
    folder_write_text(folder, "b.dzi", DZI);
    keep_times(folder, "b.dzi");
    assert_int_equal(renameat(folder->fd, "b.dzi", folder->fd, "a.dzi"), 0);

    assert_int_not_equal(generation_of_a(folder), old);
}

static void every_lawful_way_to_write_it_is_read(void **state)
{
    static const char *const same[] = {
        "<Image TileSize='254' Overlap='1' Format='jpg'>" SIZE_ELEMENT "</Image>",
        "<Image Format='jpg' xmlns='http://schemas.microsoft.com/deepzoom/2009' Overlap='1' TileSize='254'>"
        "<Size Height='300' Width='600'></Size></Image>",
        "\xef\xbb\xbf<?xml version='1.0'?><!-- seen -->\n<dz:Image xmlns:dz='" SPACE "' TileSize='254' Overlap='1' "
        "Format='jpg' ServerFormat='Default'><dz:Size Width='600' Height='300' /></dz:Image>",
        "<Image TileSize='254' Overlap='1' Format='jpg'><DisplayRects><DisplayRect MinLevel='1' MaxLevel='2'>"
        "<Rect X='0' Y='0' Width='1' Height='1'/></DisplayRect></DisplayRects>"
        "<Image TileSize='16' Overlap='0' Format='png'/>" SIZE_ELEMENT "</Image>",
        "<Image TileSize='&#50;54' Overlap='1' Format='jpg'>" SIZE_ELEMENT "</Image>",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        folder_write_text(*state, "a.dzi", same[i]);

        struct og_slide *slide = open_a(*state);

        const struct og_pyramid *p = &og_slide_facts(slide)->pyramid;
        assert_true(p->width == 600 && p->height == 300 && p->tile == 254 && p->overlap == 1);
        og_slide_unref(&slide);
    }
}

struct refusal {
    const char *text;
    enum og_status status;
    const char *reason;
};

#define IMAGE(attributes, size) "<Image " attributes "><Size " size "/></Image>"

static void what_is_not_a_sane_dzi_is_refused(void **state)
{
    static const struct refusal cases[] = {
        {"", OG_DAMAGED, "no element"},
        {"not XML", OG_DAMAGED, "line 1"},
        {"<Image", OG_DAMAGED, "line 1"},
        {"<Collection/>", OG_UNSUPPORTED, "not a Deep Zoom image: Collection"},
        {"<Image xmlns='http://example.org/' TileSize='254' Overlap='1' Format='jpg'>" SIZE_ELEMENT "</Image>",
         OG_UNSUPPORTED, "not a Deep Zoom image"},
        {"<Image TileSize='254' Overlap='1' Format='jpg'></Image>", OG_DAMAGED, "no Size"},
        {"<Image TileSize='254' Overlap='1' Format='jpg'><x>" SIZE_ELEMENT "</x></Image>", OG_DAMAGED, "no Size"},
        {"<Image TileSize='254' Overlap='1' Format='jpg'>" SIZE_ELEMENT SIZE_ELEMENT "</Image>", OG_DAMAGED, "second"},
        {"<Image TileSize='254' Overlap='1' Format='jpg'>" SIZE_ELEMENT, OG_DAMAGED, "line 1"},
        {DZI "<Image/>", OG_DAMAGED, "junk"},
        {IMAGE("TileSize='254' TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='9'"), OG_DAMAGED,
         "duplicate"},
        {IMAGE("Overlap='1' Format='jpg'", "Width='9' Height='9'"), OG_DAMAGED, "TileSize"},
        {IMAGE("TileSize='254' Format='jpg'", "Width='9' Height='9'"), OG_DAMAGED, "Overlap"},
        {IMAGE("TileSize='254' Overlap='1'", "Width='9' Height='9'"), OG_UNSUPPORTED, "not unknown"},
        {IMAGE("TileSize='254' Overlap='1' Format='png'", "Width='9' Height='9'"), OG_UNSUPPORTED, "not png"},
        {IMAGE("TileSize='254' Overlap='1' Format='../jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED, "not ../jpg"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9'"), OG_DAMAGED, "Height"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='-9'"), OG_DAMAGED, "Height"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='9.5'"), OG_DAMAGED, "Height"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='67108865'"), OG_DAMAGED, "Height"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='4294967305'"), OG_DAMAGED, "Height"},
        {IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='0' Height='9'"), OG_UNSUPPORTED, "0 x 9"},
        {IMAGE("TileSize='0' Overlap='0' Format='jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED, "tiles of 0"},
        {IMAGE("TileSize='15' Overlap='0' Format='jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED, "tiles of 15"},
        {IMAGE("TileSize='4097' Overlap='0' Format='jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED, "tiles of 4097"},
        {IMAGE("TileSize='254' Overlap='128' Format='jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED, "by 128"},
        {"<!DOCTYPE Image>" IMAGE("TileSize='254' Overlap='1' Format='jpg'", "Width='9' Height='9'"), OG_UNSUPPORTED,
         "document type"},
        {"<!DOCTYPE Image [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;&a;'>]>" IMAGE("TileSize='&b;'", "Width='9'"),
         OG_UNSUPPORTED, "document type"},
        {"<!DOCTYPE Image SYSTEM 'file:///etc/passwd'><Image/>", OG_UNSUPPORTED, "document type"},
        {IMAGE("TileSize='&a;' Overlap='1' Format='jpg'", "Width='9' Height='9'"), OG_DAMAGED, "undefined entity"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        folder_write_text(*state, "a.dzi", cases[i].text);
        expect_refusal(*state, cases[i].status, cases[i].reason);
    }
}

static void a_dzi_may_be_64_kib_and_not_a_byte_more(void **state)
{
    size_t limit = (size_t)64 << 10;
    char *text = malloc(limit + 1);
    memset(text, ' ', limit + 1);
    memcpy(text, DZI, strlen(DZI));

    folder_write(*state, "a.dzi", text, limit);
    struct og_slide *slide = open_a(*state);
    og_slide_unref(&slide);
    folder_write(*state, "a.dzi", text, limit + 1);
    expect_refusal(*state, OG_UNSUPPORTED, "65537 bytes are too many");

    free(text);
}

static void truncated_and_flipped_texts_get_an_answer(void **state)
{
    const struct folder *folder = *state;
    char text[] = DZI;
    size_t last = strlen(DZI) - 1; /* all but the newline */
    for (size_t n = 0; n < last; n++) {
        folder_write(folder, "a.dzi", text, n);
        expect_refusal(folder, OG_DAMAGED, "line");
    }
    for (size_t i = 0; i < 8 * last; i++) {
        struct og_slide *slide;
        struct og_error err = {.text = ""};
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        folder_write_text(folder, "a.dzi", text);
        if (og_slide_open(folder->fd, "a.dzi", 5, &slide, &err) != OG_OK)
            assert_true(strlen(err.text) > strlen("a.dzi: "));
        og_slide_unref(&slide);
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
    }
}

static void links_and_missing_folders_are_refused(void **state)
{
    const struct folder *folder = *state;
    renameat(folder->fd, "a_files", folder->fd, "elsewhere");
    expect_refusal(folder, OG_DAMAGED, "a_files: No such file or directory");
    folder_link(folder, "elsewhere", "a_files");
    expect_refusal(folder, OG_DAMAGED, "a_files: Not a directory");
    folder_delete(folder, "a_files");
    folder_directory(folder, "a_files");
    expect_refusal(folder, OG_DAMAGED, "a_files/10/0_0.jpg: no such folder");
    folder_delete(folder, "a.dzi");
    folder_link(folder, "b.dzi", "a.dzi");
    expect_refusal(folder, OG_UNSUPPORTED, "symbolic link");
    folder_delete(folder, "a.dzi");
    folder_pipe(folder, "a.dzi");
    expect_refusal(folder, OG_UNSUPPORTED, "not a regular file");
}

/* ---- the tiles ---- */

static void every_tile_comes_back_as_it_lies_there(void **state)
{
    struct og_slide *slide = open_a(*state);
    const struct og_pyramid *p = &og_slide_facts(slide)->pyramid;
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    unsigned before = og_use_descriptors();
    for (unsigned depth = 0; depth <= p->top; depth++) {
        struct og_extent grid = og_pyramid_grid(p, depth);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            struct og_stored_tile tile;
            char name[80];
            snprintf(name, sizeof name, "a_files/%u/%u_%u.jpg", p->top - depth, i % grid.width, i / grid.width);

            assert_int_equal(
                og_slide_read_stored(slide, reader, depth, i % grid.width, i / grid.width, buffer, &tile, NULL), OG_OK);

            assert_int_equal(tile.tables.size, 0);
            assert_int_equal(tile.stream.size, strlen(name));
            assert_memory_equal(tile.stream.data, name, strlen(name));
        }
    }
    assert_int_equal(og_use_descriptors(), before);
    free(buffer);
    og_slide_unref(&slide);
}

static void tiles_are_found_under_the_format_that_the_dzi_names(void **state)
{
    struct og_stored_tile tile;
    uint8_t buffer[64];
    folder_write_text(*state, "a.dzi", IMAGE("TileSize='254' Overlap='1' Format='jpeg'", "Width='1' Height='1'"));
    folder_write_text(*state, "a_files/0/0_0.jpeg", "long suffix");
    struct og_slide *slide = open_a(*state);

    assert_int_equal(og_slide_read_stored(slide, reader, 0, 0, 0, buffer, &tile, NULL), OG_OK);

    assert_memory_equal(tile.stream.data, "long suffix", 11);
    og_slide_unref(&slide);
}

static void expect_damage(const struct og_slide *slide, unsigned depth, uint32_t x, const char *text)
{
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    struct og_stored_tile tile;
    struct og_error err;
    unsigned before = og_use_descriptors();

    assert_int_equal(og_slide_read_stored(slide, reader, depth, x, 0, buffer, &tile, &err), OG_DAMAGED);

    assert_int_equal(err.status, OG_DAMAGED);
    assert_string_equal(err.text, text);
    assert_int_equal(tile.stream.size, 0);
    assert_int_equal(og_slide_read_stored(slide, reader, depth, x, 0, buffer, &tile, NULL), OG_DAMAGED);
    assert_int_equal(og_use_descriptors(), before);
    free(buffer);
}

static void a_tile_that_is_not_a_sane_file_is_damage_and_is_named(void **state)
{
    const struct folder *folder = *state;
    struct og_slide *slide = open_a(folder);

    folder_delete(folder, "a_files/10/0_0.jpg");
    expect_damage(slide, 0, 0, "a.dzi: a_files/10/0_0.jpg: no such file");
    folder_link(folder, "1_0.jpg", "a_files/10/0_0.jpg");
    expect_damage(slide, 0, 0, "a.dzi: a_files/10/0_0.jpg: a symbolic link, which is never followed");
    folder_delete(folder, "a_files/10/0_0.jpg");
    folder_pipe(folder, "a_files/10/0_0.jpg");
    expect_damage(slide, 0, 0, "a.dzi: a_files/10/0_0.jpg: not a regular file");
    folder_delete(folder, "a_files/10/0_0.jpg");
    folder_directory(folder, "a_files/10/0_0.jpg");
    expect_damage(slide, 0, 0, "a.dzi: a_files/10/0_0.jpg: not a regular file");
    folder_write_text(folder, "a_files/10/1_0.jpg", "");
    expect_damage(slide, 0, 1, "a.dzi: a_files/10/1_0.jpg: 0 bytes are not a tile");

    og_slide_unref(&slide);
}

static void a_level_that_became_a_link_is_not_followed(void **state)
{
    const struct folder *folder = *state;
    struct og_slide *slide = open_a(folder);
    renameat(folder->fd, "a_files/9", folder->fd, "nine");
    expect_damage(slide, 1, 0, "a.dzi: a_files/9/0_0.jpg: no such folder");
    folder_link(folder, "../nine", "a_files/9");

    expect_damage(slide, 1, 0, "a.dzi: a_files/9/0_0.jpg: no such folder");

    og_slide_unref(&slide);
}

static void a_tile_fits_the_buffer_or_is_refused(void **state)
{
    const struct folder *folder = *state;
    struct og_slide *slide = open_a(folder);
    int fd = openat(folder->fd, "a_files/10/0_0.jpg", O_WRONLY | O_CLOEXEC);
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    struct og_stored_tile tile;

    assert_int_equal(ftruncate(fd, (off_t)OG_SLIDE_BUFFER_BYTES), 0);
    assert_int_equal(og_slide_read_stored(slide, reader, 0, 0, 0, buffer, &tile, NULL), OG_OK);
    assert_int_equal(tile.stream.size, OG_SLIDE_BUFFER_BYTES);
    assert_int_equal(ftruncate(fd, (off_t)OG_SLIDE_BUFFER_BYTES + 1), 0);
    expect_damage(slide, 0, 0, "a.dzi: a_files/10/0_0.jpg: 4194305 bytes are not a tile");

    free(buffer);
    close(fd);
    og_slide_unref(&slide);
}

static void there_are_no_families_and_no_index(void **state)
{
    struct og_slide *slide = open_a(*state);
    struct og_stored_family family;
    struct og_survey survey;
    uint8_t buffer[8];

    assert_int_equal(og_slide_read_family(slide, reader, 0, 0, buffer, &family, NULL), OG_NOT_FOUND);
    assert_int_equal(og_slide_survey(slide, reader, &survey, NULL), OG_UNSUPPORTED);

    og_slide_unref(&slide);
}

static void the_served_dzi_is_one_that_we_read(void **state)
{
    struct og_slide *slide = open_a(*state);
    struct og_buf *dzi = og_buf_ref(og_slide_dzi(slide));
    og_slide_unref(&slide);
    folder_write(*state, "a.dzi", dzi->data, dzi->size);
    og_buf_unref(&dzi);

    slide = open_a(*state);

    assert_int_equal(og_slide_facts(slide)->pyramid.width, 600);
    og_slide_unref(&slide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_dzi_gives_size_and_tiling, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(another_of_the_same_size_and_time_of_writing_has_another_generation, setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(every_lawful_way_to_write_it_is_read, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_a_sane_dzi_is_refused, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_dzi_may_be_64_kib_and_not_a_byte_more, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(truncated_and_flipped_texts_get_an_answer, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(links_and_missing_folders_are_refused, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(every_tile_comes_back_as_it_lies_there, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(tiles_are_found_under_the_format_that_the_dzi_names, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_tile_that_is_not_a_sane_file_is_damage_and_is_named, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_level_that_became_a_link_is_not_followed, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_tile_fits_the_buffer_or_is_refused, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(there_are_no_families_and_no_index, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(the_served_dzi_is_one_that_we_read, setup, folder_teardown),
    };
    int failed = 0;
    for (kind = OG_READER_PREAD; kind < OG_READER_KINDS; kind++)
        failed += cmocka_run_group_tests_name(og_reader_kind_name(kind), tests, make_reader, end_reader);
    return failed;
}
