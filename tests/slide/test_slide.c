/* SPDX-License-Identifier: MIT */
/* What slide.c and catalogue.c promise for every format, shown with a format that only this test has. */
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
#include <time.h>
#include <unistd.h>

#include "slide/catalogue.h"
#include "slide/slide_format.h"
#include "support/folder.h"
#include "support/threads.h"

/* Stands in for residual_slide.c's: a 1025 x 1 slide whose file may be anything but empty. */
struct fake {
    atomic_uint closed;
};

static struct fake fake;

static struct og_reader *reader; /* of the test's thread */

static int make_reader(void **state)
{
    (void)state;
    return og_reader_new(OG_READER_PREAD, &reader, NULL) == OG_OK ? 0 : -1;
}

static int end_reader(void **state)
{
    (void)state;
    og_reader_destroy(&reader);
    return 0;
}

static enum og_status fake_open(int directory, const char *name, struct og_slide_facts *facts, void **state,
                                struct og_error *err)
{
    char byte;
    int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, &byte, 1);
    close(fd);
    if (n != 1)
        return og_error_set(err, OG_DAMAGED, "it is empty");
    if (!og_pyramid_make(1025, 1, OG_TILE_SIZE, 0, &facts->pyramid))
        return og_error_set(err, OG_INTERNAL, "no pyramid");
    facts->residual = true;
    facts->last_depth = 3;
    *state = &fake;
    return OG_OK;
}

static enum og_status fake_read_stored(void *state, struct og_reader *from, unsigned depth, uint32_t x, uint32_t y,
                                       uint8_t *buffer, struct og_stored_tile *out, struct og_error *err)
{
    (void)state, (void)from, (void)y;
    if (depth == 3)
        return og_error_set(err, OG_DAMAGED, "page 1, tile %u", x);
    buffer[0] = (uint8_t)x;
    out->stream = (struct og_span){buffer, 1};
    return OG_OK;
}

static enum og_status fake_read_family(void *state, struct og_reader *from, uint32_t fx, uint32_t fy, uint8_t *buffer,
                                       struct og_stored_family *out, struct og_error *err)
{
    (void)state, (void)from, (void)fy, (void)buffer, (void)err;
    out->damaged = 1u << fx;
    return OG_OK;
}

static void fake_close(void *state)
{
    atomic_fetch_add_explicit(&((struct fake *)state)->closed, 1, memory_order_relaxed); /* counts, orders nothing */
}

const struct og_slide_format og_residual_format = {
    .name = "fake",
    .suffix = ".tif",
    .open = fake_open,
    .read_stored = fake_read_stored,
    .read_family = fake_read_family,
    .close = fake_close,
};

static int setup(void **state)
{
    folder_setup(state);
    folder_write_text(*state, "a.tif", "!");
    return 0;
}

static struct og_slide *open_a(const struct folder *folder)
{
    struct og_slide *slide;
    assert_int_equal(og_slide_open(folder->fd, "a.tif", 42, &slide, NULL), OG_OK);
    return slide;
}

static unsigned closed(void)
{
    return atomic_load_explicit(&fake.closed, memory_order_relaxed);
}

/* ---- opening ---- */

static void the_id_is_the_name_without_its_suffix(void **state)
{
    struct og_slide *slide = open_a(*state);

    assert_string_equal(og_slide_facts(slide)->id, "a");
    assert_string_equal(og_slide_facts(slide)->format, "fake");
    assert_int_equal(og_slide_key(slide), 42);

    og_slide_unref(&slide);
}

static void expect_refusal(const struct folder *folder, const char *name, enum og_status status, const char *text)
{
    struct og_error err;
    struct og_slide *slide = (struct og_slide *)&err;
    assert_int_equal(og_slide_open(folder->fd, name, 1, &slide, &err), status);
    assert_null(slide);
    assert_int_equal(err.status, status);
    assert_string_equal(err.text, text);
    assert_int_equal(og_slide_open(folder->fd, name, 1, &slide, NULL), status);
}

#define BAD_NAME ": its name is not fit for a URL: only A-Z a-z 0-9 . _ - and at most 128"

static void names_that_are_no_ids_and_other_suffixes_are_refused_with_the_name(void **state)
{
    folder_write_text(*state, "empty.tif", "");
    expect_refusal(*state, "a b.tif", OG_INVALID, "a b.tif" BAD_NAME);
    expect_refusal(*state, "ä.tif", OG_INVALID, "ä.tif" BAD_NAME);
    expect_refusal(*state, ".a.tif", OG_INVALID, ".a.tif" BAD_NAME);
    expect_refusal(*state, "../a.tif", OG_INVALID, "../a.tif" BAD_NAME);
    expect_refusal(*state, "a.tiff", OG_UNSUPPORTED,
                   "a.tiff: not a slide: neither .tif nor .dzi nor a folder with baseline_pyramid.dzi; origami encode "
                   "makes one of "
                   "a scan");
    expect_refusal(
        *state, ".tif", OG_UNSUPPORTED,
        ".tif: not a slide: neither .tif nor .dzi nor a folder with baseline_pyramid.dzi; origami encode makes one of "
        "a scan");
    expect_refusal(
        *state, "a.TIF", OG_UNSUPPORTED,
        "a.TIF: not a slide: neither .tif nor .dzi nor a folder with baseline_pyramid.dzi; origami encode makes one of "
        "a scan");
    expect_refusal(*state, "empty.tif", OG_DAMAGED, "empty.tif: it is empty");
}

static int64_t modified_s_when_written(const struct folder *folder, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds, .tv_nsec = 7}};
    assert_int_equal(utimensat(folder->fd, "a.tif", times, 0), 0);
    struct og_slide *slide = open_a(folder);
    int64_t modified_s = og_slide_modified_s(slide);
    assert_true(og_slide_facts(slide)->modified_ns == (int64_t)seconds * 1000000000 + 7);
    og_slide_unref(&slide);
    return modified_s;
}

/* The clock goes on while this runs, so what is not yet past stands for what is just past. */
static void only_a_time_that_no_later_writer_can_get_is_told(void **state)
{
    time_t now = time(NULL), past = now - 2 * OG_SLIDE_SETTLED_S;

    assert_int_equal(modified_s_when_written(*state, past), past);
    assert_int_equal(modified_s_when_written(*state, 1), 1);
    assert_int_equal(modified_s_when_written(*state, now + 3600), 0);
    assert_int_equal(modified_s_when_written(*state, now + 3600 * 24), 0);
}

static void a_slide_that_was_new_when_it_was_opened_tells_its_time_later(void **state)
{
    const struct folder *folder = *state;
    time_t written = time(NULL) - OG_SLIDE_SETTLED_S + 1;
    const struct timespec times[2] = {{.tv_sec = written}, {.tv_sec = written}};
    assert_int_equal(utimensat(folder->fd, "a.tif", times, 0), 0);
    struct og_slide *slide = open_a(folder);
    for (int i = 0; i < 1000 && og_slide_modified_s(slide) == 0; i++)
        usleep(20000);
    assert_int_equal(og_slide_modified_s(slide), written);
    og_slide_unref(&slide);
}

/* ---- reading ---- */

static void reads_outside_what_is_stored_are_not_found(void **state)
{
    static const uint32_t outside[][3] = {{0, 0, 0}, {1, 0, 0},  {2, 2, 0},  {2, 0, 1},
                                          {4, 0, 0}, {99, 0, 0}, {2, ~0u, 0}};
    struct og_slide *slide = open_a(*state);
    struct og_stored_tile tile;
    struct og_stored_family family;
    uint8_t buffer[8];
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_int_equal(
            og_slide_read_stored(slide, reader, outside[i][0], outside[i][1], outside[i][2], buffer, &tile, NULL),
            OG_NOT_FOUND);
    assert_int_equal(og_slide_read_family(slide, reader, 2, 0, buffer, &family, NULL), OG_NOT_FOUND);
    assert_int_equal(og_slide_read_family(slide, reader, 0, 1, buffer, &family, NULL), OG_NOT_FOUND);
    og_slide_unref(&slide);
}

static void reads_inside_reach_the_format(void **state)
{
    struct og_slide *slide = open_a(*state);
    struct og_stored_tile tile;
    struct og_stored_family family;
    uint8_t buffer[8];

    assert_int_equal(og_slide_read_stored(slide, reader, 2, 1, 0, buffer, &tile, NULL), OG_OK);
    assert_int_equal(tile.stream.data[0], 1);
    assert_int_equal(og_slide_read_family(slide, reader, 1, 0, buffer, &family, NULL), OG_OK);
    assert_int_equal(family.damaged, 2);
    assert_int_equal(family.stream[0].size, 0);

    og_slide_unref(&slide);
}

static void failures_name_the_file(void **state)
{
    struct og_slide *slide = open_a(*state);
    struct og_stored_tile tile;
    struct og_survey survey;
    struct og_error err;
    uint8_t buffer[8];

    assert_int_equal(og_slide_read_stored(slide, reader, 3, 0, 0, buffer, &tile, &err), OG_DAMAGED);
    assert_string_equal(err.text, "a.tif: page 1, tile 0");
    assert_int_equal(og_slide_survey(slide, reader, &survey, &err), OG_UNSUPPORTED);
    assert_string_equal(err.text, "a.tif: a slide of format fake has no index");

    og_slide_unref(&slide);
}

/* ---- owners ---- */

static void the_last_owner_closes_the_slide(void **state)
{
    unsigned before = closed();
    struct og_slide *first = open_a(*state), *second = og_slide_ref(first), *nothing = NULL;

    og_slide_unref(&first);
    assert_null(first);
    assert_int_equal(closed(), before);
    assert_string_equal(og_slide_facts(second)->id, "a");

    og_slide_unref(&second);
    assert_int_equal(closed(), before + 1);
    og_slide_unref(&nothing);
}

static void come_and_go(struct og_member *member)
{
    struct og_slide *own = og_slide_ref(member->shared);
    while (og_member_has_time(member)) {
        struct og_slide *another = og_slide_ref(own);
        og_slide_unref(&own);
        own = another;
        if (og_slide_key(own) != 42)
            og_member_fail(member, "another slide");
    }
    og_slide_unref(&own);
}

static void owners_in_many_threads_share_one_slide(void **state)
{
    unsigned before = closed();
    struct og_slide *slide = open_a(*state);

    assert_string_equal(og_crew_run(4, come_and_go, slide).text, OG_AS_CLAIMED);

    assert_int_equal(closed(), before);
    og_slide_unref(&slide);
    assert_int_equal(closed(), before + 1);
}

/* ---- two formats, one id ---- */

static void of_two_formats_with_one_id_the_tif_is_served(void **state)
{
    const struct folder *folder = *state;
    folder_write_text(folder, "a.dzi",
                      "<Image TileSize='256' Overlap='0' Format='jpg'><Size Width='1' Height='1'/></Image>");
    folder_write_text(folder, "a_files/0/0_0.jpg", "tile");
    folder_directory(folder, "a");
    char log_text[1000] = "";
    int fd = openat(folder->fd, ".log", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    struct og_log *log = og_log_new(fd, OG_LOG_WARN);
    struct og_metrics *metrics = og_metrics_new();
    struct og_catalogue *catalogue;

    assert_int_equal(og_catalogue_open(folder->path, log, og_metrics_take(metrics), &catalogue, NULL), OG_OK);

    struct og_slide *slide = og_catalogue_find(catalogue, "a", 1);
    assert_string_equal(og_slide_facts(slide)->format, "fake");
    assert_int_equal(og_catalogue_count(catalogue), 1);
    assert_true(pread(fd, log_text, sizeof log_text - 1, 0) > 0);
    assert_non_null(strstr(log_text, "skipped a.dzi: there is a slide of that name already, of format fake\n"));
    assert_non_null(strstr(log_text, "skipped a: not a slide"));
    assert_int_equal(og_metrics_sum(metrics, OG_COUNT_SLIDE_SKIPPED), 2);

    og_catalogue_close(&catalogue);
    assert_string_equal(og_slide_facts(slide)->id, "a"); /* the owner outlives the catalogue */
    og_slide_unref(&slide);
    og_metrics_destroy(&metrics);
    og_log_destroy(&log);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_id_is_the_name_without_its_suffix, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(names_that_are_no_ids_and_other_suffixes_are_refused_with_the_name, setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(only_a_time_that_no_later_writer_can_get_is_told, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(a_slide_that_was_new_when_it_was_opened_tells_its_time_later, setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(reads_outside_what_is_stored_are_not_found, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(reads_inside_reach_the_format, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(failures_name_the_file, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(the_last_owner_closes_the_slide, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(owners_in_many_threads_share_one_slide, setup, folder_teardown),
        cmocka_unit_test_setup_teardown(of_two_formats_with_one_id_the_tif_is_served, setup, folder_teardown),
    };
    return cmocka_run_group_tests(tests, make_reader, end_reader);
}
